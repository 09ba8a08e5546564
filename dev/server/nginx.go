package server

import (
	"fmt"
	"io"
	"net"
	"os"

	"github.com/avila-devops/saas/components/gateway/nginxconf"
	"github.com/avila-devops/saas/dev/process"
	"github.com/avila-devops/saas/stacks/spec"
)

// Upstream is a service that nginx leads to.
type Upstream struct {
	Name    string
	Address string
}

// perMinute is what all clients of a tenant may ask for together, as tenantctl
// provisions it unless told otherwise.
const perMinute = 6000

// Gateway is what nginx is told: what the clusters' is, but that clients
// connect to it themselves and that services are on loopback, without TLS.
func (p *Place) Gateway(version nginxconf.Version, files string, hosts []string, services []Upstream) *nginxconf.Args {
	args := &nginxconf.Args{
		Nginx: version, Workers: 1,
		HTTPS: p.Ports.HTTPS, HTTP: p.Ports.HTTP, Health: p.Ports.Health, Public: p.Ports.HTTPS, Direct: true,
		Certificate: files + "/tls/nginx.crt", Key: files + "/tls/nginx.key", Scratch: files + "/data/nginx",
		AccessLog: files + "/log/access.log", ErrorLog: files + "/log/nginx.log",
		ClientRate: spec.ClientRequestsPerMinute, ClientBurst: spec.ClientBurst,
		Apex: []string{Domain, "www." + Domain},
	}
	for _, host := range hosts {
		args.Tenants = append(args.Tenants, nginxconf.Tenant{Host: host, PerMinute: perMinute})
	}
	for _, s := range services {
		route := spec.RouteOf(s.Name)
		args.Services = append(args.Services, nginxconf.Service{Name: s.Name, Active: s.Address, Apex: route.Apex, Paths: route.Paths, Rest: route.Rest})
	}
	return args
}

// Nginx prepares nginx in front of the services and for the tenants' hosts.
func (p *Place) Nginx(hosts []string, services []Upstream, out io.Writer) (process.Spec, error) {
	number, err := p.Programs.version("nginx", "-v")
	if err != nil {
		return process.Spec{}, err
	}
	if _, err := p.certify("nginx", Domain, "*."+Domain); err != nil {
		return process.Spec{}, err
	}
	if _, err := p.room("data", "nginx"); err != nil {
		return process.Spec{}, err
	}
	for _, name := range []string{"access.log", "nginx.log"} {
		path := p.Path("log", name)
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			return process.Spec{}, fmt.Errorf("begin %s anew: %w", path, err)
		}
		if err := p.own(path); err != nil {
			return process.Spec{}, err
		}
	}
	args := p.Gateway(nginxconf.Version{Major: number[0], Minor: number[1], Patch: number[2]}, p.Dir, hosts, services)
	args.Address = p.Address
	text, err := nginxconf.Render(args)
	if err != nil {
		return process.Spec{}, err
	}
	path, err := p.configure("nginx.conf", text)
	return process.Spec{
		Name: "nginx", Path: p.Programs["nginx"], Args: []string{"-p", p.Path("data", "nginx"), "-e", "stderr", "-c", path, "-g", "daemon off;"},
		Env: p.bare(), Dir: "/", User: p.user, Output: out,
	}, err
}

// URL is where a host is.
func (p *Place) URL(host string) string {
	return "https://" + net.JoinHostPort(host, fmt.Sprint(p.Ports.HTTPS)) + "/"
}
