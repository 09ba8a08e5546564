package spec

import "fmt"

// Pooler is PgBouncer in front of the database, in every region: a write pool
// to the primary and a read pool to the region's replica.
type Pooler struct {
	Replicas PoolerReplicas `config:"replicas"`
	PoolSize PoolSize       `config:"poolSize"`
	Reserve  int            `config:"reserve"` // connections kept for people and migrations; 20 unless set
}

// PoolerReplicas bounds the poolers of one region.
type PoolerReplicas struct {
	Min int `config:"min"` // 3 unless set
	Max int `config:"max"` // 6 unless set
}

// PoolSize is how many connections one pooler holds to a database for a login.
type PoolSize struct {
	Write int `config:"write"` // 20 unless set
	Read  int `config:"read"`  // 30 unless set
}

const (
	// pooledLogins share the pools: all apps log in as one role, and take a
	// tenant's role inside each transaction.
	pooledLogins = 1
	// authConnections are those by which a pooler looks passwords up.
	authConnections = 2
	// superuserReserved is PostgreSQL's superuser_reserved_connections, which
	// Cloud SQL leaves at its default and uses for its own agents.
	superuserReserved = 3
	// exporterConnections and provisionerConnections go past the poolers.
	exporterConnections    = 3
	provisionerConnections = 4
)

func (p *Pooler) applyDefaults() {
	setDefault(&p.Replicas.Min, 3)
	setDefault(&p.Replicas.Max, 6)
	setDefault(&p.PoolSize.Write, 20)
	setDefault(&p.PoolSize.Read, 30)
	setDefault(&p.Reserve, 20)
}

// Connections is how an instance's connections are shared out at most.
type Connections struct {
	Limit   int // what the instance allows
	Pools   int // what all poolers together hold
	Reserve int // what is kept for what goes past the poolers
}

// Need is what must fit under the limit.
func (c Connections) Need() int { return c.Pools + c.Reserve }

// PrimaryConnections is the budget of the primary, to which the poolers of
// every region write.
func (e *Environment) PrimaryConnections() Connections {
	return e.connections(len(e.Regions), e.Pooler.PoolSize.Write)
}

// ReplicaConnections is the budget of a replica, from which the poolers of its
// region read. A promoted replica has the primary's.
func (e *Environment) ReplicaConnections() Connections {
	return e.connections(1, e.Pooler.PoolSize.Read)
}

func (e *Environment) connections(regions, size int) Connections {
	return Connections{
		Limit:   e.Database.MaxConnections(),
		Pools:   regions * e.Pooler.Replicas.Max * (size*pooledLogins + authConnections),
		Reserve: superuserReserved + exporterConnections + provisionerConnections + e.Pooler.Reserve,
	}
}

func (e *Environment) validatePooler(ps *problems) {
	path, p := key("pooler"), e.Pooler
	between(ps, path+".replicas.min", p.Replicas.Min, 2, 20)
	between(ps, path+".replicas.max", p.Replicas.Max, p.Replicas.Min, 50)
	between(ps, path+".poolSize.write", p.PoolSize.Write, 1, 500)
	between(ps, path+".poolSize.read", p.PoolSize.Read, 1, 500)
	between(ps, path+".reserve", p.Reserve, 5, 200)
	if e.Database.MaxConnections() == 0 || len(e.Regions) == 0 {
		return // the tier or the regions are at fault, and reported
	}
	for _, of := range []struct {
		key, instance string
		regions, size int
		budget        Connections
	}{
		{"poolSize.write", "the primary", len(e.Regions), p.PoolSize.Write, e.PrimaryConnections()},
		{"poolSize.read", "a replica", 1, p.PoolSize.Read, e.ReplicaConnections()},
	} {
		if of.budget.Need() <= of.budget.Limit {
			continue
		}
		ps.add(ErrInvalid, path+"."+of.key, fmt.Sprint(of.size),
			fmt.Sprintf("takes %s past its %d connections: %d regions × %d poolers × (%d + %d for logins) + %d kept back = %d",
				of.instance, of.budget.Limit, of.regions, p.Replicas.Max, of.size, authConnections, of.budget.Reserve, of.budget.Need()),
			"use smaller pools, fewer poolers, or a "+key("database")+".tier with more memory than "+fmt.Sprint(e.Database.MemoryMB())+" MB")
	}
}
