package spec

import (
	"fmt"
	"regexp"
)

// Tenant is one client of the platform.
type Tenant struct {
	ID       string            `config:"id"`    // names schema, role, files and metrics: tenant_<id>
	Host     string            `config:"host"`  // label under the domain; cliente-<id> unless set
	Plan     Plan              `config:"plan"`  // pooled unless set
	State    State             `config:"state"` // active unless set
	Limits   Limits            `config:"limits"`
	Settings map[string]string `config:"settings"`
}

// Plan says what a tenant shares with others.
type Plan string

// State is where a tenant stands in its life.
type State string

// The plans and states.
const (
	Pooled    Plan = "pooled"    // shares the apps' Deployments
	Dedicated Plan = "dedicated" // has Deployments in a namespace of its own

	Active    State = "active"
	Suspended State = "suspended" // data kept, requests refused
	Erased    State = "erased"    // data removed at the tenant's request (LGPD art. 18)
)

// Plans and States are what a tenant's plan and state may be.
var (
	Plans  = []Plan{Pooled, Dedicated}
	States = []State{Active, Suspended, Erased}
)

// Limits bounds what one tenant may use.
type Limits struct {
	RequestsPerMinute int `config:"requestsPerMinute"` // over all its clients; 6000 unless set
}

// Schema is the tenant's schema in the database, and its folder under media/.
func (t Tenant) Schema() string { return "tenant_" + t.ID }

var (
	// tenantID leaves room for prefixes: PostgreSQL cuts names at 63 bytes.
	tenantID = regexp.MustCompile(`^[a-z][a-z0-9]{0,29}$`)
	hostName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
)

// reservedHosts are labels under the domain that the platform itself uses.
var reservedHosts = map[string]bool{"www": true, "cdn": true, "api": true, "grafana": true, "kibana": true, "staging": true}

func (t *Tenant) applyDefaults() {
	setDefault(&t.Host, "cliente-"+t.ID)
	setDefault(&t.Plan, Pooled)
	setDefault(&t.State, Active)
	setDefault(&t.Limits.RequestsPerMinute, 6000)
}

func validateTenants(ps *problems, tenants []Tenant, domain string) {
	path := key("tenants")
	ids, hosts := map[string]int{}, map[string]int{}
	for i, t := range tenants {
		at := fmt.Sprintf("%s[%d]", path, i)
		match(ps, at+".id", t.ID, tenantID, "is not a tenant id", "use 1 to 30 lower-case letters and digits, a letter first")
		match(ps, at+".host", t.Host, hostName, "is not a host label", "use lower-case letters, digits and hyphens, without the domain")
		if reservedHosts[t.Host] {
			ps.add(ErrInvalid, at+".host", t.Host, "is used by the platform", "choose another label under "+domain)
		}
		if first, twice := ids[t.ID]; twice {
			ps.add(ErrDuplicate, at+".id", t.ID, fmt.Sprintf("is already %s[%d]", path, first), "give each tenant an id of its own; ids are never used again")
		} else {
			ids[t.ID] = i
		}
		if first, twice := hosts[t.Host]; twice {
			ps.add(ErrDuplicate, at+".host", t.Host, fmt.Sprintf("is already the host of %s[%d]", path, first), "give each tenant a host of its own")
		} else {
			hosts[t.Host] = i
		}
		oneOf(ps, at+".plan", t.Plan, Plans)
		oneOf(ps, at+".state", t.State, States)
		between(ps, at+".limits.requestsPerMinute", t.Limits.RequestsPerMinute, 60, 1_000_000)
	}
}

// ActiveTenants lists the tenants that are served.
func (e *Environment) ActiveTenants() []Tenant {
	var active []Tenant
	for _, t := range e.Tenants {
		if t.State == Active {
			active = append(active, t)
		}
	}
	return active
}

// Hosts are the labels under the domain that lead to the gateway: the domain
// itself, which has none, www, and every tenant that is not erased. A suspended
// one's visitors are told so by the gateway.
func (e *Environment) Hosts() []string {
	labels := []string{"", "www"}
	for _, tenant := range e.Tenants {
		if tenant.State != Erased {
			labels = append(labels, tenant.Host)
		}
	}
	return labels
}
