package server

import (
	"fmt"
	"io"

	"github.com/avila-devops/saas/components/pgbouncer/ini"
	"github.com/avila-devops/saas/dev/process"
)

// How PostgreSQL's connections are shared out: what goes past the pooler is
// tenantctl, and people.
const (
	connections = 100
	aside       = 30
)

// ReadPool is what PgBouncer calls the pool of reads.
const ReadPool = Database + "_read"

// Pooler is what PgBouncer is told: where it listens, which server is behind
// it, and where its files are. Nothing is replicated here, so both pools
// lead to the one server, and share what it allows.
func (p *Place) Pooler(address, host string, port int, version ini.Version, files string) *ini.Args {
	pool := func(name string) ini.Pool {
		return ini.Pool{Name: name, Host: host, Port: port, Database: Database, Size: 30, Reserve: 5, Poolers: 1, Limit: (connections - aside) / 2}
	}
	tls := ini.TLS{Certificate: files + "/tls/pgbouncer.crt", Key: files + "/tls/pgbouncer.key", CA: files + "/tls/ca.crt"}
	return &ini.Args{
		PgBouncer: version, Address: address, Port: p.Ports.PgBouncer,
		Pools:   []ini.Pool{pool(Database), pool(ReadPool)},
		Auth:    ini.Auth{Users: files + "/conf/pgbouncer-users.txt", User: Lookup, Database: superuser},
		Clients: tls, Server: tls, MaxClients: 500, Waits: ini.DefaultWaits,
	}
}

// Users is the file of the one login that PgBouncer knows by itself.
func Users(password string) string { return fmt.Sprintf("%q %q\n", Lookup, password) }

// PgBouncer prepares PgBouncer.
func (p *Place) PgBouncer(out io.Writer) (process.Spec, error) {
	number, err := p.Programs.version("pgbouncer", "--version")
	if err != nil {
		return process.Spec{}, err
	}
	version := ini.Version{Major: number[0], Minor: number[1], Patch: number[2]}
	if _, err := p.certify("pgbouncer"); err != nil {
		return process.Spec{}, err
	}
	_, password, err := p.Secret(Lookup)
	if err != nil {
		return process.Spec{}, err
	}
	if _, err := p.configure("pgbouncer-users.txt", Users(password)); err != nil {
		return process.Spec{}, err
	}
	text, err := ini.Render(p.Pooler(p.Address, p.Address, p.Ports.Postgres, version, p.Dir))
	if err != nil {
		return process.Spec{}, err
	}
	path, err := p.configure("pgbouncer.ini", text)
	return process.Spec{
		Name: "pgbouncer", Path: p.Programs["pgbouncer"], Args: []string{path}, Env: p.bare(), Dir: "/", User: p.user, Stop: version.Drain(), Output: out,
	}, err
}
