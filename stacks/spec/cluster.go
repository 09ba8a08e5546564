package spec

import "regexp"

// Cluster is the shape of the GKE cluster in every region.
type Cluster struct {
	Channel         string `config:"channel"`         // release channel; REGULAR unless set
	MachineType     string `config:"machineType"`     // of the nodes; required
	NodesPerZone    int    `config:"nodesPerZone"`    // least nodes in each zone; 1 unless set
	MaxNodesPerZone int    `config:"maxNodesPerZone"` // most nodes in each zone; 10 unless set
	DiskGB          int    `config:"diskGb"`          // boot disk of a node in GB; 100 unless set

	Search     NodePool    `config:"search"`     // nodes that run Elasticsearch alone
	Exclusions []Exclusion `config:"exclusions"` // times without upgrades; none unless set
}

// Channels are the release channels that get fixes and a support window.
// RAPID carries no service level agreement, and no channel at all means
// upgrades by hand.
var Channels = []string{"REGULAR", "STABLE", "EXTENDED"}

var machineType = regexp.MustCompile(`^[a-z][0-9][a-z]?d?-(standard|highmem|highcpu|medium|small)(-[0-9]{1,3})?$`)

func (c *Cluster) applyDefaults() {
	setDefault(&c.Channel, "REGULAR")
	setDefault(&c.NodesPerZone, 1)
	setDefault(&c.MaxNodesPerZone, 10)
	setDefault(&c.DiskGB, 100)
	c.Search.applyDefaults()
	for i := range c.Exclusions {
		c.Exclusions[i].applyDefaults()
	}
}

func (c Cluster) validate(ps *problems) {
	path := key("cluster")
	oneOf(ps, path+".channel", c.Channel, Channels)
	match(ps, path+".machineType", c.MachineType, machineType, "is not a machine type", "write it like e2-standard-4")
	between(ps, path+".nodesPerZone", c.NodesPerZone, 1, 100)
	between(ps, path+".maxNodesPerZone", c.MaxNodesPerZone, c.NodesPerZone, podNodes/zonesPerRegion)
	between(ps, path+".diskGb", c.DiskGB, 30, 2000)
	c.Search.validate(ps, path+".search", podNodes/zonesPerRegion-c.MaxNodesPerZone)
	validateExclusions(ps, path+".exclusions", c.Exclusions)
}

// podNodes is how many nodes the pod range of [AddressPlan] can number: GKE
// gives each node a /24 at its default of 110 pods.
const podNodes = 1 << (24 - 15)

// setDefault fills a value that the configuration left out.
func setDefault[T comparable](value *T, fallback T) {
	var unset T
	if *value == unset {
		*value = fallback
	}
}
