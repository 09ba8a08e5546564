package spec

// Quota bounds the apps' namespace in one cluster.
type Quota struct {
	Pods      int
	CPU       int // cores requested
	MemoryGiB int
}

// Quota leaves every service room for all its replicas, one pod more while it
// is replaced, and a Job.
func (e *Environment) Quota() Quota {
	const surge, jobs = 1, 2
	var pods, milli, mebi int
	for _, s := range e.Services {
		n := s.Replicas.Max + surge
		pods += n
		milli += n * s.Resources.MilliCPU
		mebi += n * s.Resources.MemoryMiB
	}
	return Quota{Pods: pods + jobs, CPU: milli/1000 + 1 + jobs, MemoryGiB: mebi/1024 + 1 + jobs}
}

// What one pooler asks for: PgBouncer is one thread, and holds a few kilobytes
// for a connection.
const poolerMilliCPU, poolerMemoryMiB = 500, 256

// PoolerQuota bounds the namespace of what speaks to the database itself: the
// poolers of both pools, one of each more while they are replaced, an exporter
// and Jobs.
func (e *Environment) PoolerQuota() Quota {
	const pools, surge, others = 2, 1, 4
	pods := pools*(e.Pooler.Replicas.Max+surge) + others
	return Quota{Pods: pods, CPU: pods*poolerMilliCPU/1000 + 1, MemoryGiB: pods*poolerMemoryMiB/1024 + 1}
}

// CertificatesQuota leaves cert-manager's three Deployments room for two pods
// each, one more while each is replaced, and for the Job that asks whether it
// answers. A pod asks for 256 MiB at most.
func CertificatesQuota() Quota { return Quota{Pods: 10, CPU: 1, MemoryGiB: 3} }
