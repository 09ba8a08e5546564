package spec

// NodePool is the shape of a pool of nodes besides the apps' own.
type NodePool struct {
	MachineType     string `config:"machineType"`     // e2-highmem-2 unless set: Elasticsearch lives on memory
	NodesPerZone    int    `config:"nodesPerZone"`    // least nodes in each zone; 0 unless set: the pool waits for its first pod
	MaxNodesPerZone int    `config:"maxNodesPerZone"` // most nodes in each zone; 2 unless set
	DiskGB          int    `config:"diskGb"`          // boot disk of a node in GB; 100 unless set
}

func (p *NodePool) applyDefaults() {
	setDefault(&p.MachineType, "e2-highmem-2")
	setDefault(&p.MaxNodesPerZone, 2)
	setDefault(&p.DiskGB, 100)
}

// validate judges the pool; most is how many nodes a zone still has addresses
// for.
func (p NodePool) validate(ps *problems, path string, most int) {
	match(ps, path+".machineType", p.MachineType, machineType, "is not a machine type", "write it like e2-highmem-2")
	between(ps, path+".nodesPerZone", p.NodesPerZone, 0, 100)
	between(ps, path+".maxNodesPerZone", p.MaxNodesPerZone, max(p.NodesPerZone, 1), max(most, 1))
	between(ps, path+".diskGb", p.DiskGB, 30, 2000)
}
