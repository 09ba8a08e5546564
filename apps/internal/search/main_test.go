package search_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/avila-devops/saas/apps/internal/search"
	"github.com/avila-devops/saas/apps/internal/tenant"
)

// database is a PostgreSQL that runs for the tests of this package, with the
// tenants of names in schemas and roles of their own.
var database struct {
	pool *pgxpool.Pool
	fail error
}

var names = []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "search")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	stop, err := boot(dir)
	if err != nil {
		database.fail = err // the tests that need it say so
		return m.Run()
	}
	defer stop()
	return m.Run()
}

// boot starts the server: it refuses to run as root, so it is nobody's.
func boot(dir string) (stop func(), err error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(found) == 0 {
		return nil, fmt.Errorf("PostgreSQL is not installed; run make test-deps")
	}
	bin, attr := found[len(found)-1], &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if os.Getuid() == 0 {
		nobody, err := user.Lookup("nobody")
		if err != nil {
			return nil, err
		}
		uid, _ := strconv.Atoi(nobody.Uid)
		gid, _ := strconv.Atoi(nobody.Gid)
		attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		if err := os.Chown(dir, uid, gid); err != nil {
			return nil, err
		}
	}
	data := filepath.Join(dir, "data")
	init := exec.Command(filepath.Join(bin, "initdb"), "-D", data, "-U", "owner", "-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8", "-N")
	init.SysProcAttr, init.Dir = attr, dir
	if out, err := init.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb: %w: %s", err, out)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	server := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-p", fmt.Sprint(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off")
	server.SysProcAttr, server.Dir = attr, dir
	if err := server.Start(); err != nil {
		return nil, err
	}
	stop = func() {
		if database.pool != nil {
			database.pool.Close()
		}
		_ = server.Process.Signal(syscall.SIGQUIT)
		_ = server.Wait()
	}
	ctx := context.Background()
	pool, err := pgxpool.New(ctx, fmt.Sprintf("postgres://owner@127.0.0.1:%d/postgres?sslmode=disable&pool_max_conns=8", port))
	if err != nil {
		stop()
		return nil, err
	}
	database.pool = pool
	for deadline := time.Now().Add(30 * time.Second); pool.Ping(ctx) != nil; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			stop()
			return nil, fmt.Errorf("PostgreSQL did not start in 30s")
		}
	}
	if _, err := pool.Exec(ctx, search.Setup+search.Setup); err != nil { // twice: it may be there
		stop()
		return nil, err
	}
	for _, name := range names {
		role := "tenant_" + name
		if _, err := pool.Exec(ctx, fmt.Sprintf(`CREATE SCHEMA %[1]s; SET search_path = %[1]s, public; %[2]s
			CREATE ROLE %[1]s; GRANT USAGE ON SCHEMA %[1]s TO %[1]s; GRANT SELECT, INSERT, UPDATE, DELETE ON search_documents TO %[1]s; RESET search_path`, role, search.Schema)); err != nil {
			stop()
			return nil, err
		}
	}
	return stop, nil
}

// tenants runs transactions as the service does: local settings, then work.
type tenants struct{}

func (tenants) InTenant(ctx context.Context, id tenant.ID, do func(context.Context, search.Tx) error) error {
	return pgx.BeginFunc(ctx, database.pool, func(tx pgx.Tx) error {
		role := "tenant_" + id.String()
		if _, err := tx.Exec(ctx, "SELECT set_config('app.current_tenant', $1, true), set_config('search_path', $2, true), set_config('role', $2, true)", id.String(), role); err != nil {
			return err
		}
		return do(ctx, tx)
	})
}

// postgres returns the engine over the tenant's empty tables.
func postgres(t *testing.T) *search.Postgres {
	t.Helper()
	if database.fail != nil {
		t.Fatal(database.fail)
	}
	return search.NewPostgres(tenants{})
}
