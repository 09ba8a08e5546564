package server

import (
	"fmt"
	"io"

	"github.com/avila-devops/saas/dev/authority"
	"github.com/avila-devops/saas/dev/process"
)

// Redis prepares Redis as Memorystore is: TLS alone, a password, and jobs that
// survive a restart.
func (p *Place) Redis(out io.Writer) (process.Spec, error) {
	pair, err := p.certify("redis")
	if err != nil {
		return process.Spec{}, err
	}
	_, password, err := p.Secret("redis")
	if err != nil {
		return process.Spec{}, err
	}
	dir, err := p.room("data", "redis")
	if err != nil {
		return process.Spec{}, err
	}
	path, err := p.configure("redis.conf", p.Memory(p.Address, pair, p.CA.CA(), password, dir))
	return process.Spec{Name: "redis", Path: p.Programs["redis-server"], Args: []string{path}, Env: p.bare(), Dir: "/", User: p.user, Output: out}, err
}

// Memory is redis.conf.
func (p *Place) Memory(address string, pair authority.Pair, ca, password, dir string) string {
	return fmt.Sprintf(`bind %s
port 0
tls-port %d
tls-cert-file %q
tls-key-file %q
tls-ca-cert-file %q
tls-auth-clients no
tls-protocols "TLSv1.3"
requirepass %s
dir %q
appendonly yes
save ""
maxmemory 256mb
maxmemory-policy noeviction
daemonize no
loglevel warning
logfile ""
`, address, p.Ports.Redis, pair.Certificate, pair.Key, ca, password, dir)
}
