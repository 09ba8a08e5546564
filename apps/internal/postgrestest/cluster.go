// Package postgrestest runs real servers for tests: one PostgreSQL per test
// binary, a database per test, and PgBouncer in front where a test asks for
// it. All listen on loopback, keep their files in a temporary directory and
// end with the tests. It holds no schema; production code never imports it.
package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// The logins, named as the infrastructure names them. Superuser is the
// cluster's own; nothing of the product has its like.
const (
	Superuser   = "postgres"
	Provisioner = "provisioner"
	App         = "app"
	Password    = "only-on-loopback"
)

// Cluster is a running PostgreSQL.
type Cluster struct {
	Port int

	dir     string
	program string
	args    []string
	server  *process
	serial  atomic.Int64
}

// Option changes the server that Start makes.
type Option struct {
	Settings map[string]string // of postgresql.conf
	HBA      string            // replaces pg_hba.conf; trust on loopback unless set
	Files    map[string][]byte // written beside postgresql.conf, as its own user, mode 0600
}

// Main runs a test binary with one cluster, and stops the cluster whatever
// the tests do. It returns the exit code.
func Main(m *testing.M, use func(*Cluster), options ...Option) int {
	dir, err := os.MkdirTemp("", "postgrestest-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "postgrestest:", err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary directory that stays harms no test
	c, err := Start(dir, options...)
	if err != nil {
		fmt.Fprintln(os.Stderr, "postgrestest:", err)
		return 1
	}
	defer c.Stop()
	use(c)
	return m.Run()
}

// Start makes a cluster in a directory and waits until it answers.
func Start(dir string, options ...Option) (*Cluster, error) {
	initdb, err := program("initdb")
	if err != nil {
		return nil, err
	}
	server, err := program("postgres")
	if err != nil {
		return nil, err
	}
	if err := open(dir); err != nil {
		return nil, err
	}
	c := &Cluster{dir: filepath.Join(dir, "data")}
	if out, err := asServer(exec.Command(initdb, "--pgdata", c.dir, "--username", Superuser, "--auth", "trust",
		"--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync")).CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb in %s: %w\n%s", c.dir, err, out)
	}
	if c.Port, err = freePort(); err != nil {
		return nil, err
	}
	settings := map[string]string{
		"listen_addresses": "127.0.0.1", "port": strconv.Itoa(c.Port), "unix_socket_directories": "",
		"max_connections": "120", "shared_buffers": "128MB", "fsync": "off", "synchronous_commit": "on",
		"full_page_writes": "off", "max_locks_per_transaction": "256", "log_min_messages": "fatal",
		"autovacuum": "off", "timezone": "UTC", "jit": "off",
	}
	for _, o := range options {
		if err := c.apply(o, settings); err != nil {
			return nil, err
		}
	}
	c.program, c.args = server, []string{"-D", c.dir}
	for name, value := range settings {
		c.args = append(c.args, "-c", name+"="+value)
	}
	if c.server, err = run(asServer(exec.Command(c.program, c.args...))); err != nil {
		return nil, err
	}
	return c, c.makeLogins()
}

// apply takes an option's settings and writes its files.
func (c *Cluster) apply(o Option, settings map[string]string) error {
	for name, value := range o.Settings {
		settings[name] = value
	}
	files := map[string][]byte{}
	for name, content := range o.Files {
		files[name] = content
	}
	if o.HBA != "" {
		files["pg_hba.conf"] = []byte(o.HBA)
	}
	for name, content := range files {
		if err := write(filepath.Join(c.dir, name), content); err != nil {
			return err
		}
	}
	return nil
}

// makeLogins makes the two logins of the product.
func (c *Cluster) makeLogins() error {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	conn, err := c.await(ctx)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, "create role "+Provisioner+" login createrole password '"+Password+"';"+
		"create role "+App+" login noinherit password '"+Password+"'")
	return errors.Join(err, conn.Close(ctx))
}

// await waits until the server answers.
func (c *Cluster) await(ctx context.Context) (*pgx.Conn, error) {
	for {
		conn, err := pgx.Connect(ctx, c.URL(Superuser, "postgres"))
		if err == nil {
			return conn, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("PostgreSQL on port %d never answered: %w", c.Port, err)
		case <-c.server.ended:
			return nil, fmt.Errorf("PostgreSQL ended at once: %s", c.server.output())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Stop ends the server and waits for it.
func (c *Cluster) Stop() { c.server.stop(os.Interrupt) }

// URL is how a login reaches a database directly.
func (c *Cluster) URL(login, database string) string {
	return fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d/%s?sslmode=disable", login, Password, c.Port, database)
}

// freePort returns a port that nothing listened on a moment ago.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
