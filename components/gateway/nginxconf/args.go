package nginxconf

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"strings"
)

// Args says what the gateway does. Hosts are complete names.
type Args struct {
	Nginx   Version // which nginx will read the text: some directives changed their form
	Workers int     // processes; a container without a CPU limit would get one for each core of its node

	// Address is the address to listen on; empty means all.
	Address string
	HTTPS   int // TLS, behind the PROXY protocol
	HTTP    int // redirects to HTTPS, behind the PROXY protocol
	Health  int // plain, for health checks and probes; never routed
	Public  int // the port of HTTPS as clients know it; 443 unless set

	// Direct says that clients connect without a load balancer in between: no
	// PROXY header is read, and Balancers is empty.
	Direct bool

	// Files. Scratch is a directory that nginx may write to; all else may be
	// read-only.
	Certificate, Key string
	Scratch          string
	AccessLog        string
	ErrorLog         string

	// Balancers are the ranges that a PROXY header is believed from.
	Balancers []netip.Prefix

	ClientRate  int // requests a minute from one client address
	ClientBurst int // requests that may come at once, before the rate counts

	Apex     []string // hosts of the platform itself
	Services []Service
	Tenants  []Tenant

	// Mutual is how nginx shows itself to the services; nil speaks plain HTTP
	// to them.
	Mutual *Mutual
}

// Service is an app behind the gateway.
type Service struct {
	Name    string
	Active  string // host:port that takes the traffic
	Preview string // host:port of a new version; empty when nothing is tried
	Share   int    // percent of the clients that Preview gets
	// Identity is the name in the service's certificate; without Mutual it is
	// not looked at.
	Identity string

	Apex  bool     // answers for the hosts of Args.Apex
	Paths []string // prefixes under each tenant's host
	Rest  bool     // answers for what is under none of them, on a tenant's host
}

// Tenant is a client of the platform with a host of its own. One that is
// unknown here gets no answer.
type Tenant struct {
	Host      string
	PerMinute int  // requests a minute over all its clients
	Suspended bool // answered with an explanation
}

// Mutual holds the files of TLS with client certificates towards the services.
type Mutual struct {
	Certificate, Key string // the gateway's own
	CA               string // that signs the services' certificates
}

// Version is a version of nginx.
type Version struct{ Major, Minor, Patch int }

// AtLeast reports whether v is not older than the given version.
func (v Version) AtLeast(major, minor, patch int) bool {
	if v.Major != major {
		return v.Major > major
	}
	if v.Minor != minor {
		return v.Minor > minor
	}
	return v.Patch >= patch
}

// Nothing may reach the text that could end a directive.
var (
	hostForm    = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)
	nameForm    = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	addressForm = regexp.MustCompile(`^[a-z0-9.-]+:[0-9]{1,5}$`)
	// identityForm: nginx takes the name for a variable where it has a dollar.
	identityForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)
	pathForm     = regexp.MustCompile(`^(/[a-z0-9-]+)+$`)
	fileForm     = regexp.MustCompile(`^/[A-Za-z0-9._/-]+$`)
)

func (a *Args) validate() error {
	var errs []error
	bad := func(format string, values ...any) { errs = append(errs, fmt.Errorf(format, values...)) }
	ports := map[int]string{}
	for name, port := range map[string]int{"HTTPS": a.HTTPS, "HTTP": a.HTTP, "Health": a.Health} {
		if port < 1024 || port > 65535 {
			bad("Args.%s is %d: an unprivileged nginx listens on 1024 to 65535", name, port)
		}
		if other, twice := ports[port]; twice {
			bad("Args.%s and Args.%s are both %d: give each a port of its own", name, other, port)
		}
		ports[port] = name
	}
	files := map[string]string{"Certificate": a.Certificate, "Key": a.Key, "Scratch": a.Scratch, "AccessLog": a.AccessLog, "ErrorLog": a.ErrorLog}
	if a.Mutual != nil {
		files["Mutual.Certificate"], files["Mutual.Key"], files["Mutual.CA"] = a.Mutual.Certificate, a.Mutual.Key, a.Mutual.CA
	}
	for name, path := range files {
		if !fileForm.MatchString(path) {
			bad("Args.%s %q is not an absolute path of plain characters", name, path)
		}
	}
	if a.Workers < 1 || a.ClientRate < 1 || a.ClientBurst < 1 {
		bad("Args.Workers %d, ClientRate %d, ClientBurst %d: each must be at least 1", a.Workers, a.ClientRate, a.ClientBurst)
	}
	if a.Public != 0 && (a.Public < 1 || a.Public > 65535) {
		bad("Args.Public is %d: a port is 1 to 65535", a.Public)
	}
	if a.Direct && len(a.Balancers) > 0 {
		bad("Args.Direct is set beside Balancers %v: a client's own PROXY header would be believed", a.Balancers)
	}
	if !a.Direct && len(a.Balancers) == 0 {
		bad("Args.Balancers is empty: every client would count as the load balancer's address")
	}
	if a.Address != "" {
		if _, err := netip.ParseAddr(a.Address); err != nil {
			bad("Args.Address %q is not an address", a.Address)
		}
	}
	return errors.Join(append(errs, a.validateHosts(), a.validateServices())...)
}

func (a *Args) validateHosts() error {
	var errs []error
	seen := map[string]bool{}
	check := func(host string) {
		if !hostForm.MatchString(host) {
			errs = append(errs, fmt.Errorf("host %q is not a complete host name", host))
		}
		if seen[host] {
			errs = append(errs, fmt.Errorf("host %s is listed twice: nginx would answer for the first alone", host))
		}
		seen[host] = true
	}
	for _, host := range a.Apex {
		check(host)
	}
	for _, tenant := range a.Tenants {
		check(tenant.Host)
		if tenant.PerMinute < 1 {
			errs = append(errs, fmt.Errorf("tenant %s may make %d requests a minute: at least 1", tenant.Host, tenant.PerMinute))
		}
	}
	return errors.Join(errs...)
}

func (a *Args) validateServices() error {
	var errs []error
	bad := func(format string, values ...any) { errs = append(errs, fmt.Errorf(format, values...)) }
	names, paths, apex, rest := map[string]bool{}, map[string]string{}, "", ""
	for _, s := range a.Services {
		if !nameForm.MatchString(s.Name) || names[s.Name] {
			bad("service %q: a name of its own, of lower-case letters, digits and hyphens", s.Name)
		}
		names[s.Name] = true
		if !addressForm.MatchString(s.Active) || s.Preview != "" && !addressForm.MatchString(s.Preview) {
			bad("service %s: addresses %q and %q must be host:port", s.Name, s.Active, s.Preview)
		}
		if s.Share < 0 || s.Share > 50 || s.Share > 0 && s.Preview == "" {
			bad("service %s: a share of %d %% for the preview %q; 0 to 50, and 0 without a preview", s.Name, s.Share, s.Preview)
		}
		if a.Mutual != nil && !identityForm.MatchString(s.Identity) {
			bad("service %s: identity %q is not the name in a certificate", s.Name, s.Identity)
		}
		if s.Apex && apex != "" {
			bad("services %s and %s both answer for the apex", apex, s.Name)
		}
		if s.Apex {
			apex = s.Name
		}
		if s.Rest && rest != "" {
			bad("services %s and %s both answer for the rest of the tenants' hosts", rest, s.Name)
		}
		if s.Rest {
			rest = s.Name
		}
		for _, path := range s.Paths {
			if !pathForm.MatchString(path) {
				bad("service %s: path %q is not like /admin", s.Name, path)
			}
			for other, owner := range paths {
				if path == other || strings.HasPrefix(path, other+"/") || strings.HasPrefix(other, path+"/") {
					bad("service %s: path %s meets %s of %s; the order in the file would decide", s.Name, path, other, owner)
				}
			}
			paths[path] = s.Name
		}
	}
	return errors.Join(errs...)
}
