package spec

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Database is the Cloud SQL cell: one shape for the primary and its replicas.
// What connects to it is [Pooler]; which instances there are is [Instance].
type Database struct {
	Version     string  `config:"version"`     // POSTGRES_17 unless set
	Edition     Edition `config:"edition"`     // required: it sets the price and which tiers exist
	Tier        string  `config:"tier"`        // machine; required, must belong to the edition
	DiskGB      int     `config:"diskGb"`      // first size in GB, grows by itself; 20 unless set
	DiskLimitGB int     `config:"diskLimitGb"` // where growing ends, so that a runaway query has an end; 10 times diskGb unless set
	Backups     int     `config:"backups"`     // daily backups kept; 30 unless set
	LogDays     int     `config:"logDays"`     // days that can be gone back to at any second; the edition's most unless set

	// BackupRegions are where backups may lie, in order of preference. Those of
	// an instance lie in the first that is not its own region.
	BackupRegions []RegionName `config:"backupRegions"`
	// BackupBasis documents why backups may leave Brazil and the Union (LGPD
	// art. 33). Required where a backup region is neither adequate nor a region
	// of the environment, which states its own.
	BackupBasis string `config:"backupBasis"`

	Primary RegionName `config:"primary"` // region that takes writes; required, so that no list's order moves it
	Former  []Former   `config:"former"`  // regions that were primary before, oldest first: a failover appends
	Quiet   Quiet      `config:"quiet"`   // days without maintenance

	// Certificates are the generations of client certificates that exist; the
	// first is handed out. [1] unless set; [1, 2], then [2, 1], then [2] renews
	// them (docs/runbooks/client-certificates.md).
	Certificates []int `config:"certificates"`
}

// Edition is a Cloud SQL edition.
type Edition string

// The editions.
const (
	Enterprise     Edition = "ENTERPRISE"
	EnterprisePlus Edition = "ENTERPRISE_PLUS"
)

var (
	editions = []Edition{Enterprise, EnterprisePlus}
	// tierPrefix is how the tiers of an edition begin.
	tierPrefix = map[Edition]string{Enterprise: "db-custom-", EnterprisePlus: "db-perf-optimized-N-"}
	// mostLogDays is how far point-in-time recovery can reach back.
	// https://cloud.google.com/sql/docs/postgres/backup-recovery/pitr
	mostLogDays = map[Edition]int{Enterprise: 7, EnterprisePlus: 35}
)

// DatabaseVersions are the versions that the apps are tested against.
var DatabaseVersions = []string{"POSTGRES_17"}

// leastBackups keeps a month of daily backups; requirement of the environment,
// not of Cloud SQL.
const leastBackups, mostBackups = 30, 365

func (d *Database) applyDefaults() {
	setDefault(&d.Version, DatabaseVersions[0])
	setDefault(&d.DiskGB, 20)
	setDefault(&d.DiskLimitGB, 10*d.DiskGB)
	setDefault(&d.Backups, leastBackups)
	setDefault(&d.LogDays, mostLogDays[d.Edition])
	d.Quiet.applyDefaults()
	if len(d.Certificates) == 0 {
		d.Certificates = []int{1}
	}
}

func (d Database) validate(ps *problems, regions []Region) {
	path := key("database")
	oneOf(ps, path+".version", d.Version, DatabaseVersions)
	oneOf(ps, path+".edition", d.Edition, editions)
	if prefix, known := tierPrefix[d.Edition]; known {
		switch {
		case d.Tier == "":
			ps.add(ErrMissing, path+".tier", "", "is missing", "name a machine like "+prefix+"…")
		case !strings.HasPrefix(d.Tier, prefix):
			ps.add(ErrInvalid, path+".tier", d.Tier, fmt.Sprintf("is not a tier of %s", d.Edition), "use one that starts with "+prefix)
		case d.MemoryMB() == 0:
			ps.add(ErrInvalid, path+".tier", d.Tier, "does not exist", "write db-custom-<cores>-<MB of memory>, or db-perf-optimized-N-<cores> with 2 to 128 cores")
		}
		between(ps, path+".logDays", d.LogDays, 1, mostLogDays[d.Edition])
	}
	between(ps, path+".diskGb", d.DiskGB, 10, 65536)
	between(ps, path+".diskLimitGb", d.DiskLimitGB, d.DiskGB, 65536)
	between(ps, path+".backups", d.Backups, leastBackups, mostBackups)
	d.validateBackupRegions(ps, path, regions)
	d.validateLineage(ps, path, regions)
	d.Quiet.validate(ps, path+".quiet")
	d.validateCertificates(ps, path+".certificates", len(regions))
}

// Consumers of the primary beside the poolers of each region: the provisioning
// Job and the exporter.
const singleConsumers = 2

// mostCertificates is how many client certificates an instance keeps.
// https://cloud.google.com/sql/docs/postgres/configure-ssl-instance
const mostCertificates = 10

func (d Database) validateCertificates(ps *problems, path string, regions int) {
	given := fmt.Sprint(d.Certificates)
	if len(d.Certificates) > 2 || len(d.Certificates) == 2 && d.Certificates[0] == d.Certificates[1] {
		ps.add(ErrInvalid, path, given, "is not one generation or two", "write [1], or [1, 2] while the second takes over")
	}
	for i, generation := range d.Certificates {
		between(ps, fmt.Sprintf("%s[%d]", path, i), generation, 1, 9999)
	}
	if n := len(d.Certificates) * (regions + singleConsumers); n > mostCertificates {
		ps.add(ErrInvalid, path, given, fmt.Sprintf("makes %d certificates on the primary", n),
			fmt.Sprintf("Cloud SQL keeps %d for an instance: renew with fewer regions, or write one generation", mostCertificates))
	}
}

// validateBackupRegions wants a place for the backups of every region that has
// or may get the primary.
func (d Database) validateBackupRegions(ps *problems, path string, regions []Region) {
	at := path + ".backupRegions"
	stated := map[RegionName]bool{}
	for _, r := range regions {
		stated[r.Name] = true
	}
	for i, name := range d.BackupRegions {
		at := fmt.Sprintf("%s[%d]", at, i)
		oneOf(ps, at, name, sortedKeys(Places))
		if place, known := Places[name]; known && !place.Adequate && !stated[name] && strings.TrimSpace(d.BackupBasis) == "" {
			ps.add(ErrMissing, path+".backupBasis", "", fmt.Sprintf("is missing: %s is in %s", name, place.Country),
				"write the basis under LGPD art. 33 for keeping backups there, or choose a region in Brazil or the European Union")
		}
	}
	for _, r := range regions {
		if d.BackupRegion(r.Name) == "" {
			ps.add(ErrMissing, at, "", "has no second place for backups of "+string(r.Name), "list a region that is not "+string(r.Name)+": the loss of a region must not take its backups along")
		}
	}
}

// BackupRegion is where the backups of an instance in a region lie; empty when
// no region is left for them.
func (d Database) BackupRegion(of RegionName) RegionName {
	for _, name := range d.BackupRegions {
		if name != of {
			return name
		}
	}
	return ""
}

var (
	customTier = regexp.MustCompile(`^db-custom-([0-9]{1,3})-([0-9]{4,6})$`)
	// plusTiers are the machines of ENTERPRISE_PLUS: cores, and their memory in
	// GB. https://cloud.google.com/sql/docs/postgres/create-instance#machine-types
	plusTiers = map[string]int{"2": 16, "4": 32, "8": 64, "16": 128, "32": 256, "48": 384, "64": 512, "80": 640, "96": 768, "128": 864}
)

// MemoryMB is the memory of the tier, 0 when there is no such tier. A custom
// machine has 1 core or an even number up to 96, and from 0.9 to 6.5 GB a core,
// at least 3.75, in steps of 256 MB.
// https://cloud.google.com/sql/docs/postgres/create-instance#machine-types
func (d Database) MemoryMB() int {
	const giga = 1024
	if cores, plus := strings.CutPrefix(d.Tier, tierPrefix[EnterprisePlus]); plus {
		return plusTiers[cores] * giga
	}
	parts := customTier.FindStringSubmatch(d.Tier)
	if parts == nil {
		return 0
	}
	cores, _ := strconv.Atoi(parts[1]) // the pattern holds digits alone
	mega, _ := strconv.Atoi(parts[2])
	some := cores == 1 || cores >= 2 && cores <= 96 && cores%2 == 0
	if !some || mega%256 != 0 || mega < 3840 || mega*10 < cores*9*giga || mega*10 > cores*65*giga {
		return 0
	}
	return mega
}

// connectionSteps are how many connections Cloud SQL gives an instance by its
// memory. https://cloud.google.com/sql/docs/postgres/flags (max_connections)
var connectionSteps = []struct{ memoryMB, connections int }{
	{120 * 1024, 1000}, {60 * 1024, 800}, {30 * 1024, 600}, {15 * 1024, 500}, {7680, 400}, {6 * 1024, 200}, {3840, 100},
}

// MaxConnections is the connection limit of an instance, which the program
// writes down as a flag: a default that follows the memory would move under
// the pools.
func (d Database) MaxConnections() int {
	memory := d.MemoryMB()
	for _, step := range connectionSteps {
		if memory >= step.memoryMB {
			return step.connections
		}
	}
	return 0
}
