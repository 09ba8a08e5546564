package nginxconf

import (
	_ "embed"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"text/template"
)

//go:embed nginx.conf.tmpl
var text string

var tmpl = template.Must(template.New("nginx.conf").Parse(text))

// view is what the template reads: the arguments, and what follows from them.
type view struct {
	*Args
	Known     []string // hosts that port 80 redirects
	Active    []string // tenants' hosts that are served
	Suspended []string
	ApexRoute *route // where the apex's requests go; nil when nothing answers for it
	RestRoute *route // where the rest of a tenant's goes; nil when it is not found
	Routes    []route
	Limits    []limit
	Pools     []pool
	Splits    []split
	Scheme    string
	Proxy     string // parameter of listen
	Port      string // what follows the host in an address of ours

	HTTP2Directive   bool // since 1.25.1; before, a parameter of listen
	CertificateCache bool // since 1.27.4

	NotFound, TooMany, TooLarge, Unavailable, SuspendedPage string
}

// route sends a path of the tenants' hosts to a pool.
type route struct {
	Pattern  string // a regular expression
	Pool     string // name, or a variable that holds one
	Identity string // name in the service's certificate
}

// limit is a rate that some tenants share; each host counts by itself.
type limit struct {
	PerMinute int
	Burst     int
	Hosts     []string
}

// pool is a group of addresses that do the same.
type pool struct {
	Name, Server, Backup string
}

// split sends a share of the clients to another pool.
type split struct {
	Service, Variable string
	Share             int
	Active, Preview   string
}

// Render writes nginx.conf.
func Render(a *Args) (string, error) {
	if err := a.validate(); err != nil {
		return "", fmt.Errorf("nginx.conf: %w", err)
	}
	v := &view{
		Args: a, Scheme: "http",
		HTTP2Directive: a.Nginx.AtLeast(1, 25, 1), CertificateCache: a.Nginx.AtLeast(1, 27, 4),
		NotFound: pageNotFound, TooMany: pageTooMany, TooLarge: pageTooLarge, Unavailable: pageUnavailable, SuspendedPage: pageSuspended,
	}
	if a.Mutual != nil {
		v.Scheme = "https"
	}
	if !a.Direct {
		v.Proxy = " proxy_protocol"
	}
	if a.Public != 0 && a.Public != 443 {
		v.Port = fmt.Sprintf(":%d", a.Public)
	}
	v.route()
	v.limit()
	var b strings.Builder
	if err := tmpl.Execute(&b, v); err != nil {
		return "", fmt.Errorf("nginx.conf: %w", err)
	}
	return b.String(), nil
}

// route finds the pools, and what leads to them.
func (v *view) route() {
	for _, s := range v.Services {
		id := strings.ReplaceAll(s.Name, "-", "_")
		target := id + "_active"
		v.Pools = append(v.Pools, pool{Name: target, Server: s.Active})
		if s.Share > 0 {
			v.Pools = append(v.Pools, pool{Name: id + "_preview", Server: s.Preview, Backup: s.Active})
			v.Splits = append(v.Splits, split{Service: s.Name, Variable: "$" + id + "_pool", Share: s.Share, Active: target, Preview: id + "_preview"})
			target = "$" + id + "_pool"
		}
		if s.Apex {
			v.ApexRoute = &route{Pool: target, Identity: s.Identity}
		}
		if s.Rest {
			v.RestRoute = &route{Pool: target, Identity: s.Identity}
		}
		for _, path := range s.Paths {
			v.Routes = append(v.Routes, route{Pattern: "^" + regexp.QuoteMeta(path) + "(/|$)", Pool: target, Identity: s.Identity})
		}
	}
	if v.ApexRoute != nil {
		v.Known = slices.Clone(v.Apex)
	}
	for _, tenant := range v.Tenants {
		v.Known = append(v.Known, tenant.Host)
		if tenant.Suspended {
			v.Suspended = append(v.Suspended, tenant.Host)
		} else {
			v.Active = append(v.Active, tenant.Host)
		}
	}
}

// limit groups tenants by their rate: a zone of nginx has one.
func (v *view) limit() {
	byRate := map[int][]string{}
	for _, tenant := range v.Tenants {
		if !tenant.Suspended {
			byRate[tenant.PerMinute] = append(byRate[tenant.PerMinute], tenant.Host)
		}
	}
	for _, rate := range slices.Sorted(maps.Keys(byRate)) {
		// A tenth of its minute may come at once.
		v.Limits = append(v.Limits, limit{PerMinute: rate, Burst: max(rate/10, 1), Hosts: byRate[rate]})
	}
}
