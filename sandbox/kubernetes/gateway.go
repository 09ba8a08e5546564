package kubernetes

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"sync"

	"github.com/avila-devops/saas/components/cluster/kubeconfig"
	"github.com/avila-devops/saas/sandbox/cluster"
	"github.com/avila-devops/saas/sandbox/home"
)

// membershipPath is where Connect Gateway serves a member's API: project
// number, location, membership id, and the API's own path.
// https://cloud.google.com/kubernetes-engine/enterprise/multicluster-management/gateway
var membershipPath = regexp.MustCompile(`^/v1/projects/([^/]+)/locations/([^/]+)/gkeMemberships/([^/]+)(/.*)?$`)

// checkServer refuses every server that is not a membership at Connect Gateway:
// the sandbox never touches a real cluster.
func checkServer(server string) error {
	u, err := url.Parse(server)
	if err != nil {
		return err
	}
	if u.Scheme != "https" || u.Host != kubeconfig.Host {
		return fmt.Errorf("the sandbox reaches clusters through https://%s only, not %s", kubeconfig.Host, server)
	}
	if !membershipPath.MatchString(u.Path) {
		return fmt.Errorf("%s names no membership: want https://%s/v1/projects/…/locations/…/gkeMemberships/…", server, kubeconfig.Host)
	}
	return nil
}

// gateway answers for Connect Gateway: a request for a membership goes to that
// cluster's API server on this machine, credentials and all.
type gateway struct {
	home home.Home

	finding sync.Mutex
	members map[string]*member
}

// member is a cluster of the fleet and the way to it.
type member struct {
	cluster   cluster.Cluster
	server    *url.URL
	transport *http.Transport
}

// RoundTrip sends the request on.
func (g *gateway) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := checkServer((&url.URL{Scheme: req.URL.Scheme, Host: req.URL.Host, Path: req.URL.Path}).String()); err != nil {
		return nil, err
	}
	part := membershipPath.FindStringSubmatch(req.URL.Path)
	m, err := g.find(part[1], part[2], part[3])
	if err != nil {
		return nil, err
	}
	local := req.Clone(req.Context())
	local.URL.Scheme, local.URL.Host, local.URL.Path, local.URL.RawPath = m.server.Scheme, m.server.Host, part[4], ""
	local.Host = ""
	resp, err := m.transport.RoundTrip(local)
	if err != nil {
		// It may be back at another address.
		g.forget(part[1], part[2], part[3])
		if !m.cluster.Running() {
			return nil, fmt.Errorf("cluster %s does not run: run make up: %w", m.cluster.Name, err)
		}
		return nil, err
	}
	return resp, nil
}

func (g *gateway) find(number, location, id string) (*member, error) {
	g.finding.Lock()
	defer g.finding.Unlock()
	key := number + "/" + location + "/" + id
	if m, ok := g.members[key]; ok {
		return m, nil
	}
	c, err := cluster.Lookup(g.home, number, location, id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("connect gateway: 404 Not Found: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("connect gateway: %w", err)
	}
	endpoint, err := c.Endpoint()
	if err != nil {
		return nil, err
	}
	server, err := url.Parse(endpoint.Server)
	if err != nil {
		return nil, err
	}
	authority, err := os.ReadFile(endpoint.CAFile)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority) {
		return nil, fmt.Errorf("%s holds no certificate", endpoint.CAFile)
	}
	m := &member{cluster: c, server: server, transport: &http.Transport{
		TLSClientConfig:   &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13},
		ForceAttemptHTTP2: true,
	}}
	if g.members == nil {
		g.members = map[string]*member{}
	}
	g.members[key] = m
	return m, nil
}

func (g *gateway) forget(number, location, id string) {
	g.finding.Lock()
	defer g.finding.Unlock()
	delete(g.members, number+"/"+location+"/"+id)
}
