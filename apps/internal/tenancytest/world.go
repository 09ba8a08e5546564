// Package tenancytest gives tests a database with real tenants in it, and
// holds the proof that every store is subject to: what is written as one
// tenant cannot be read, changed or deleted as another. Production code never
// imports it.
package tenancytest

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/postgres"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/provisioner"
	"github.com/avila-devops/saas/apps/internal/registry"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// World is a database that is prepared for tenants.
type World struct {
	Cluster     *postgrestest.Cluster
	Database    string
	Provisioner *provisioner.Provisioner
	Owner       *postgres.Pool // for tests that break what the product made
	Directory   *tenancy.Directory
}

// prepared are the databases that worlds are cloned from, one per cluster.
var prepared struct {
	sync.Mutex
	names map[*postgrestest.Cluster]string
}

// New makes a world in a cluster.
func New(t testing.TB, c *postgrestest.Cluster) *World {
	t.Helper()
	w := &World{Cluster: c, Database: c.Clone(t, template(t, c))}
	w.open(t)
	var err error
	if w.Directory, err = tenancy.NewDirectory(t.Context(), registry.New(w.Pool(t, c.Port, 2)), tenancy.Following{}); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *World) open(t testing.TB) {
	t.Helper()
	owner, err := postgres.OpenOwner(t.Context(), w.Settings(t, w.Cluster.Port, postgrestest.Provisioner, 8))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(owner.Close)
	w.Owner, w.Provisioner = owner, provisioner.New(owner)
}

// template prepares a database once.
func template(t testing.TB, c *postgrestest.Cluster) string {
	t.Helper()
	prepared.Lock()
	defer prepared.Unlock()
	if name, ok := prepared.names[c]; ok {
		return name
	}
	w := &World{Cluster: c, Database: c.Database(t)}
	owner, err := postgres.OpenOwner(t.Context(), w.Settings(t, c.Port, postgrestest.Provisioner, 2))
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	if err := provisioner.New(owner).Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	if prepared.names == nil {
		prepared.names = map[*postgrestest.Cluster]string{}
	}
	prepared.names[c] = w.Database
	return w.Database
}

// Settings are those of a login at a port: the server's or a pooler's.
func (w *World) Settings(t testing.TB, port int, login string, connections int) postgres.Settings {
	t.Helper()
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte(postgrestest.Password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	return postgres.Settings{
		Write: address, Read: address, Database: w.Database, Login: login, PasswordFile: password,
		TLS: postgres.Off, Connections: connections, Timeout: 10 * time.Second, Slow: time.Hour, Schema: "prod",
	}
}

// Pool opens a pool of the services' login, closed with the test.
func (w *World) Pool(t testing.TB, port, connections int) *postgres.Pool {
	t.Helper()
	p, err := postgres.Open(t.Context(), w.Settings(t, port, postgrestest.App, connections), postgres.ForWrites)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	return p
}

// DB returns a DB over one pool of the services' login.
func (w *World) DB(t testing.TB) *tenancy.DB {
	t.Helper()
	p := w.Pool(t, w.Cluster.Port, 8)
	return tenancy.New(p, p, tenancy.Options{})
}

// Tenant provisions a tenant with a name of its own, and finds it as a service
// would.
func (w *World) Tenant(t testing.TB) tenancy.ID {
	t.Helper()
	name := w.Cluster.Tenant()
	if _, err := w.Provisioner.Provision(t.Context(), provisioner.Order{Name: name, Host: "cliente-" + name + ".aviladevops.com.br"}); err != nil {
		t.Fatal(err)
	}
	return w.Find(t, name)
}

// Find looks a tenant up in the registry as it is now.
func (w *World) Find(t testing.TB, name string) tenancy.ID {
	t.Helper()
	if err := w.Directory.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	found, err := w.Directory.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return found.ID
}

// Break runs SQL as the owner of the tables, who may do all that a migration
// may.
func (w *World) Break(t testing.TB, sql string) {
	t.Helper()
	if _, err := w.Owner.Raw().Exec(context.WithoutCancel(t.Context()), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}
