package spec

// Nginx is the gateway at the edge of every cluster.
type Nginx struct {
	Replicas  Replicas  `config:"replicas"`
	Resources Resources `config:"resources"` // 500 milliCpu and 512 memoryMib unless set
}

// What one client address may ask for. The rate is the platform's promise; a
// page with its pictures may come at once.
const (
	ClientRequestsPerMinute = 1000
	ClientBurst             = 100
)

// canaryShare is how many percent of the clients try a new version.
const canaryShare = 10

// PreviewShare is how many percent of the clients a new version of the service
// gets while it is released.
func (s Service) PreviewShare() int {
	if s.Strategy == Canary {
		return canaryShare
	}
	return 0
}

func (g *Nginx) applyDefaults() {
	setDefault(&g.Replicas.Min, 3)
	setDefault(&g.Replicas.Max, 50)
	setDefault(&g.Replicas.CPU, 70)
	setDefault(&g.Resources.MilliCPU, 500)
	setDefault(&g.Resources.MemoryMiB, 512)
}

func (g Nginx) validate(ps *problems) {
	path := key("gateway")
	validateReplicas(ps, path+".replicas", g.Replicas)
	// The zones that count requests take 64 MiB of it.
	between(ps, path+".resources.milliCpu", g.Resources.MilliCPU, 50, 8000)
	between(ps, path+".resources.memoryMib", g.Resources.MemoryMiB, 256, 32768)
}

// Quota leaves the gateway room for all its replicas, and one more while one
// is replaced.
func (g Nginx) Quota() Quota {
	n := g.Replicas.Max + 1
	return Quota{Pods: n, CPU: n*g.Resources.MilliCPU/1000 + 1, MemoryGiB: n*g.Resources.MemoryMiB/1024 + 1}
}
