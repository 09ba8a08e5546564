package server

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
)

// Ports are where the servers listen.
type Ports struct {
	HTTPS, HTTP, Health        int // nginx
	Postgres, PgBouncer, Redis int
	Prometheus                 int
	Services                   int // the first of the services' ports, two for each
}

// DefaultPorts are those that docs/development.md names.
var DefaultPorts = Ports{HTTPS: 8443, HTTP: 8080, Health: 8081, Postgres: 15432, PgBouncer: 16432, Redis: 16379, Prometheus: 19090, Services: 18000}

// Port is a port with its name, which is that of its flag too.
type Port struct {
	Name  string
	Help  string
	Value *int
}

// List returns all ports.
func (p *Ports) List() []Port {
	return []Port{
		{"https", "of the sites", &p.HTTPS},
		{"http", "that redirects to https", &p.HTTP},
		{"health", "of nginx's health", &p.Health},
		{"postgres", "of PostgreSQL", &p.Postgres},
		{"pgbouncer", "of PgBouncer", &p.PgBouncer},
		{"redis", "of Redis", &p.Redis},
		{"prometheus", "of Prometheus", &p.Prometheus},
		{"services", "first of the services', two for each", &p.Services},
	}
}

// Public is where the i-th service serves requests.
func (p *Ports) Public(i int) int { return p.Services + 2*i }

// Admin is where the i-th service serves health and metrics.
func (p *Ports) Admin(i int) int { return p.Services + 2*i + 1 }

// Check reports every port that cannot be used: out of range, given twice, or
// taken.
func (p *Ports) Check(address string, services int) error {
	all := p.List()
	all = all[:len(all)-1]
	for i := range services {
		public, admin := p.Public(i), p.Admin(i)
		all = append(all, Port{Name: "services", Value: &public}, Port{Name: "services", Value: &admin})
	}
	var errs []error
	seen := map[int]string{}
	for _, port := range all {
		n := *port.Value
		if n < 1024 || n > 65535 {
			errs = append(errs, fmt.Errorf("port %d for -%s: a port is 1024 to 65535", n, port.Name))
			continue
		}
		if other, twice := seen[n]; twice {
			errs = append(errs, fmt.Errorf("port %d is both -%s's and -%s's: give each its own", n, other, port.Name))
			continue
		}
		seen[n] = port.Name
		l, err := net.Listen("tcp", net.JoinHostPort(address, strconv.Itoa(n)))
		if errors.Is(err, syscall.EADDRINUSE) {
			errs = append(errs, fmt.Errorf("port %d on %s is taken: end what listens there (ss -ltnp 'sport = :%d'), or choose another with -%s", n, address, n, port.Name))
			continue
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("port %d for -%s: %w", n, port.Name, err))
			continue
		}
		l.Close()
	}
	return errors.Join(errs...)
}
