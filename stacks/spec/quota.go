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
