package postgrestest

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Pooler is a running PgBouncer in transaction mode.
type Pooler struct {
	Port   int
	args   []string
	server *process
}

// admin may give commands to the pooler itself.
const admin = "pooler"

// PgBouncer starts a pooler in front of the cluster, with so many server
// connections for each login and database. It ends with the test.
func (c *Cluster) PgBouncer(t testing.TB, connections int) *Pooler {
	t.Helper()
	bin, err := program("pgbouncer")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := open(dir); err != nil {
		t.Fatal(err)
	}
	p := &Pooler{}
	if p.Port, err = freePort(); err != nil {
		t.Fatal(err)
	}
	users := fmt.Sprintf("%q %q\n%q %q\n%q %q\n", App, Password, Provisioner, Password, admin, Password)
	if err := write(filepath.Join(dir, "users.txt"), []byte(users)); err != nil {
		t.Fatal(err)
	}
	ini := fmt.Sprintf(`[databases]
* = host=127.0.0.1 port=%d
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = plain
auth_file = %s
admin_users = %s
pool_mode = transaction
default_pool_size = %d
max_client_conn = 500
server_reset_query =
log_connections = 0
log_disconnections = 0
log_stats = 0
server_login_retry = 1
ignore_startup_parameters = extra_float_digits
`, c.Port, p.Port, filepath.Join(dir, "users.txt"), admin, connections)
	if err := write(filepath.Join(dir, "pgbouncer.ini"), []byte(ini)); err != nil {
		t.Fatal(err)
	}
	p.args = []string{bin, "-q", filepath.Join(dir, "pgbouncer.ini")}
	p.start(t)
	t.Cleanup(p.Kill)
	return p
}

func (p *Pooler) start(t testing.TB) {
	t.Helper()
	var err error
	if p.server, err = run(asServer(exec.Command(p.args[0], p.args[1:]...))); err != nil {
		t.Fatal(err)
	}
	p.await(t)
}

// await waits until the pooler passes a connection through.
func (p *Pooler) await(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, p.URL(App, "postgres"))
		if err == nil {
			_ = conn.Close(ctx) // it answered, which is all that is asked
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("PgBouncer never answered: %v\n%s", err, p.server.output())
		case <-p.server.ended:
			t.Fatalf("PgBouncer ended at once: %s", p.server.output())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// URL is how a login reaches a database through the pooler.
func (p *Pooler) URL(login, database string) string {
	return fmt.Sprintf("postgres://%s:%s@127.0.0.1:%d/%s?sslmode=disable", login, Password, p.Port, database)
}

// Connect opens one connection through the pooler, closed with the test.
func (p *Pooler) Connect(t testing.TB, login, database string) *pgx.Conn {
	t.Helper()
	return connect(t, p.URL(login, database))
}
