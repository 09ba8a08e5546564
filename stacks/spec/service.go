package spec

import (
	"slices"
)

// Service is one app as an environment runs it. What is the same everywhere
// stands in [catalog]; the configuration sets what differs.
type Service struct {
	Strategy  Strategy  `config:"strategy"`
	Replicas  Replicas  `config:"replicas"`
	Resources Resources `config:"resources"`

	Route   Route    // how traffic reaches it
	Port    int      // where it serves requests
	Admin   int      // where it serves health and metrics; never routed
	Callers []string // who may open a connection to Port: services, or Gateway
}

// Route says which requests are a service's: those to a host of its own, or
// those under a path of every tenant's host.
type Route struct {
	Rest bool // what no path of a tenant's host leads to

	Apex  bool     // the environment's domain itself, and www under it
	Paths []string // path prefixes under each tenant's host
}

// Gateway is the caller that stands for the edge.
const Gateway = "gateway"

// Strategy is how a new version replaces the old one.
type Strategy string

// The strategies. A rolling release is a plain Deployment, one pod at a time.
const (
	Rolling   Strategy = "rolling"
	BlueGreen Strategy = "blue-green"
	Canary    Strategy = "canary"
)

// Strategies are the strategies that an environment can carry out. The others
// need Argo Rollouts in the cluster, and join when it does.
var Strategies = []Strategy{Rolling}

// Replicas bounds a service's HorizontalPodAutoscaler.
type Replicas struct {
	Min int `config:"min"` // 3 unless set
	Max int `config:"max"` // 50 unless set
	CPU int `config:"cpu"` // target use of the requested CPU in percent; 70 unless set
}

// Resources is what one pod asks for and may not exceed.
type Resources struct {
	MilliCPU  int `config:"milliCpu"`  // request, in thousandths of a core; 100 unless set
	MemoryMiB int `config:"memoryMib"` // request and limit; 128 unless set
}

// catalog holds what is true of each app in every environment.
var catalog = map[string]Service{
	"landing":   {Route: Route{Apex: true, Rest: true}, Callers: []string{Gateway}},
	"clinic":    {Route: Route{Paths: []string{"/clinica"}}, Callers: []string{Gateway}},
	"recycling": {Route: Route{Paths: []string{"/reciclagem"}}, Callers: []string{Gateway}},
	"fiscal":    {Route: Route{Paths: []string{"/fiscal"}}, Callers: []string{Gateway}},
	"admin":     {Route: Route{Paths: []string{"/admin", "/api"}}, Callers: []string{Gateway, "clinic"}},
}

// Apps lists the names of the five apps, sorted.
func Apps() []string { return sortedKeys(catalog) }

// RouteOf returns which requests are an app's; none for a name that is no app.
func RouteOf(name string) Route { return catalog[name].Route }

// ServiceNames lists the services of an environment, sorted.
func (e *Environment) ServiceNames() []string { return sortedKeys(e.Services) }

func (s *Service) applyDefaults(name string) {
	fixed := catalog[name]
	s.Route, s.Callers = fixed.Route, fixed.Callers
	s.Port, s.Admin = 8080, 9090
	setDefault(&s.Strategy, Rolling)
	setDefault(&s.Replicas.Min, 3)
	setDefault(&s.Replicas.Max, 50)
	setDefault(&s.Replicas.CPU, 70)
	setDefault(&s.Resources.MilliCPU, 100)
	setDefault(&s.Resources.MemoryMiB, 128)
}

func validateServices(ps *problems, services map[string]Service) {
	path := key("services")
	if len(services) == 0 {
		ps.add(ErrMissing, path, "", "is missing", "list the apps to deploy, like landing: {}")
	}
	for _, name := range sortedKeys(services) {
		at, s := path+"."+name, services[name]
		oneOf(ps, at, name, Apps())
		oneOf(ps, at+".strategy", s.Strategy, Strategies)
		validateReplicas(ps, at+".replicas", s.Replicas)
		between(ps, at+".resources.milliCpu", s.Resources.MilliCPU, 10, 8000)
		between(ps, at+".resources.memoryMib", s.Resources.MemoryMiB, 32, 32768)
	}
}

func validateReplicas(ps *problems, path string, r Replicas) {
	between(ps, path+".min", r.Min, 2, 50)
	between(ps, path+".max", r.Max, r.Min, 200)
	between(ps, path+".cpu", r.CPU, 20, 90)
}

// MayCall reports whether caller may open a connection to the named service.
func (e *Environment) MayCall(caller, service string) bool {
	s, deployed := e.Services[service]
	return deployed && slices.Contains(s.Callers, caller)
}
