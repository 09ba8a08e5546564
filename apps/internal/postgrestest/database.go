package postgrestest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Database makes an empty database that the provisioner owns. It goes with the
// cluster.
func (c *Cluster) Database(t testing.TB) string {
	t.Helper()
	return c.Clone(t, "template1")
}

// Clone makes a database like another, to which nobody may be connected.
func (c *Cluster) Clone(t testing.TB, template string) string {
	t.Helper()
	name := fmt.Sprintf("test%d", c.serial.Add(1))
	conn := c.Connect(t, Superuser, "postgres")
	if _, err := conn.Exec(t.Context(), fmt.Sprintf("create database %s owner %s template %s", name, Provisioner, template)); err != nil {
		t.Fatalf("make the database %s: %v", name, err)
	}
	return name
}

// Tenant returns a tenant id that no other test of this cluster has: roles
// belong to the cluster, not to a database.
func (c *Cluster) Tenant() string { return fmt.Sprintf("t%d", c.serial.Add(1)) }

// Connect opens one connection, closed with the test.
func (c *Cluster) Connect(t testing.TB, login, database string) *pgx.Conn {
	t.Helper()
	return connect(t, c.URL(login, database))
}

func connect(t testing.TB, url string) *pgx.Conn {
	t.Helper()
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec
	conn, err := pgx.ConnectConfig(t.Context(), cfg)
	if err != nil {
		t.Fatalf("connect as %s to %s: %v", cfg.User, cfg.Database, err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = conn.Close(ctx) // the server may be the one that a test stopped
	})
	return conn
}
