package spec

// Cache is the Memorystore for Redis instance in every region.
type Cache struct {
	Version   string `config:"version"`   // REDIS_7_2 unless set
	MemoryGB  int    `config:"memoryGb"`  // 5 unless set
	Replicas  int    `config:"replicas"`  // read replicas; 1 unless set
	Snapshots string `config:"snapshots"` // time between snapshots; ONE_HOUR unless set
}

// SnapshotPeriods are the times that Memorystore can leave between snapshots.
var SnapshotPeriods = []string{"ONE_HOUR", "SIX_HOURS", "TWELVE_HOURS", "TWENTY_FOUR_HOURS"}

// CacheVersions are the versions that the apps are tested against.
var CacheVersions = []string{"REDIS_7_2"}

// leastReadReplicaGB is the smallest instance for which Memorystore offers
// read replicas.
const leastReadReplicaGB = 5

func (c *Cache) applyDefaults() {
	setDefault(&c.Version, CacheVersions[0])
	setDefault(&c.MemoryGB, leastReadReplicaGB)
	setDefault(&c.Replicas, 1)
	setDefault(&c.Snapshots, SnapshotPeriods[0])
}

func (c Cache) validate(ps *problems) {
	path := key("cache")
	oneOf(ps, path+".version", c.Version, CacheVersions)
	between(ps, path+".memoryGb", c.MemoryGB, leastReadReplicaGB, 300)
	between(ps, path+".replicas", c.Replicas, 1, 5)
	oneOf(ps, path+".snapshots", c.Snapshots, SnapshotPeriods)
}
