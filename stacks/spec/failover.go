package spec

import (
	"fmt"
	"slices"
)

// A failover promotes the replica of another region. An instance is named for
// its region and the term in which it was made, never for its role, so that a
// promoted one stays the resource that it was: see [Environment.Instances].

// Former is a region that was primary, and what its failover left there.
type Former struct {
	Region   RegionName   `config:"region"`
	Replicas []RegionName `config:"replicas"` // regions of its replicas that are left: all but the promoted one
	State    FormerState  `config:"state"`    // required
}

// FormerState is how far a failover is.
type FormerState string

// The states, in the order in which a failover goes through them.
const (
	Lost     FormerState = "lost"     // the region is out: nothing of it is touched, and it gets no new replica
	Kept     FormerState = "kept"     // the region is back and gets a replica; the old instances are kept to compare
	Released FormerState = "released" // what was only there has been saved: the old instances may be deleted
	Gone     FormerState = "gone"     // the old instances are deleted
)

// FormerStates are what a former's state may be.
var FormerStates = []FormerState{Lost, Kept, Released, Gone}

// Instance is one Cloud SQL instance of an environment.
type Instance struct {
	Name    string     // southamerica-east1, or southamerica-east1-r1: never changes, whatever its role
	Region  RegionName // where it lies
	Master  string     // Name of the instance that it replicates; empty: it takes writes
	Retired bool       // of a term that is over
	Lost    bool       // of a region that is out: nothing of it changes
	Protect bool       // refuses deletion
	Founder bool       // the first of all, in which the database is made; later ones get it by replication

	Clients []RegionName // regions whose poolers connect to it
}

// term is the time between two failovers. The first has number 1.
type term struct {
	number   int
	region   RegionName
	replicas []RegionName
	state    FormerState // empty: the current one
}

// primary is the name of the term's primary: the first is made as such, later
// ones are replicas of the term before.
func (t term) primary() string {
	if t.number == 1 {
		return string(t.region)
	}
	return replicaName(t.region, t.number-1)
}

func replicaName(region RegionName, number int) string { return fmt.Sprintf("%s-r%d", region, number) }

func (e *Environment) terms() []term {
	var terms []term
	for i, former := range e.Database.Former {
		terms = append(terms, term{i + 1, former.Region, former.Replicas, former.State})
	}
	current := term{number: len(terms) + 1, region: e.Database.Primary}
	for _, region := range e.Regions {
		if !e.LostRegion(region.Name) {
			current.replicas = append(current.replicas, region.Name)
		}
	}
	return append(terms, current)
}

// LostRegion reports whether a region is out, and so left as it was.
func (e *Environment) LostRegion(name RegionName) bool {
	return slices.ContainsFunc(e.Database.Former, func(f Former) bool { return f.Region == name && f.State == Lost })
}

// Instances are the instances that there are, each after its master.
func (e *Environment) Instances() []Instance {
	terms := e.terms()
	var out []Instance
	for i, t := range terms {
		if t.state == Gone {
			continue
		}
		made := Instance{Region: t.region, Retired: t.state != "", Lost: t.state == Lost, Protect: e.Protected() && t.state != Released}
		primary := made
		primary.Name, primary.Founder, primary.Clients = t.primary(), t.number == 1, slices.Clone(t.replicas)
		if !slices.Contains(primary.Clients, t.region) {
			primary.Clients = append(primary.Clients, t.region)
		}
		if i+1 < len(terms) && !slices.Contains(primary.Clients, terms[i+1].region) {
			primary.Clients = append(primary.Clients, terms[i+1].region)
		}
		slices.Sort(primary.Clients)
		out = append(out, primary)
		for _, region := range t.replicas {
			replica := made
			replica.Name, replica.Region, replica.Master, replica.Clients = replicaName(region, t.number), region, primary.Name, []RegionName{region}
			out = append(out, replica)
		}
	}
	return out
}

// Writer is the name of the instance that a region's poolers write to. A lost
// region keeps the one that it had: nothing there can be changed.
func (e *Environment) Writer(region RegionName) string { return e.termOf(region).primary() }

// Reader is the name of the instance that a region's poolers read from: its
// own replica.
func (e *Environment) Reader(region RegionName) string {
	t := e.termOf(region)
	if !slices.Contains(t.replicas, region) {
		return t.primary()
	}
	return replicaName(region, t.number)
}

func (e *Environment) termOf(region RegionName) term {
	terms := e.terms()
	for _, t := range terms {
		if t.region == region && t.state == Lost {
			return t
		}
	}
	return terms[len(terms)-1]
}

// validateLineage wants the primary and every former that still has instances
// among the regions.
func (d Database) validateLineage(ps *problems, path string, regions []Region) {
	var names []RegionName
	for _, r := range regions {
		names = append(names, r.Name)
	}
	switch {
	case d.Primary == "":
		ps.add(ErrMissing, path+".primary", "", "is missing", "name the region that takes writes")
	case !slices.Contains(names, d.Primary):
		ps.add(ErrInvalid, path+".primary", string(d.Primary), "is not among "+key("regions"),
			"keep the region while it is primary; make another region primary first (docs/runbooks/failover.md)")
	}
	for i, former := range d.Former {
		at := fmt.Sprintf("%s.former[%d]", path, i)
		next := d.Primary
		if i+1 < len(d.Former) {
			next = d.Former[i+1].Region
		}
		oneOf(ps, at+".state", former.State, FormerStates)
		if former.Region == next {
			ps.add(ErrInvalid, at+".region", string(former.Region), "follows itself as primary", "list a region when another takes over from it")
		}
		if former.State == Lost && former.Region == d.Primary {
			ps.add(ErrInvalid, at+".state", string(former.State), "contradicts "+path+".primary", "a region that takes writes is not lost")
		}
		if former.State == Gone {
			continue // its regions may be gone too
		}
		for _, region := range append([]RegionName{former.Region}, former.Replicas...) {
			if !slices.Contains(names, region) {
				ps.add(ErrInvalid, at, string(region), "still has instances and is not among "+key("regions"), "keep the region until the state is gone")
			}
		}
		if slices.Contains(former.Replicas, next) {
			ps.add(ErrInvalid, at+".replicas", string(next), "was promoted", "list the replicas that are left")
		}
	}
}
