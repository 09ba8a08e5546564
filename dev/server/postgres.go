package server

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/avila-devops/saas/dev/authority"
	"github.com/avila-devops/saas/dev/process"
)

// Database is the one database of the SaaS.
const Database = "avila"

// The logins, named as the infrastructure names them.
const (
	superuser   = "postgres"
	Provisioner = "provisioner"
	App         = "app"
	Lookup      = "pgbouncer" // of PgBouncer itself, to look the others up
)

// ErrOtherRelease says that the data is another PostgreSQL's.
var ErrOtherRelease = errors.New("the data is of another release of PostgreSQL")

// Postgres prepares PostgreSQL: its data directory, when there is none, and
// what it is told.
func (p *Place) Postgres(ctx context.Context, out io.Writer) (process.Spec, error) {
	data := p.Path("data", "postgres")
	if err := p.initialize(ctx, data); err != nil {
		return process.Spec{}, err
	}
	if err := p.unlock(data); err != nil {
		return process.Spec{}, err
	}
	pair, err := p.certify("postgres")
	if err != nil {
		return process.Spec{}, err
	}
	hba, err := p.configure("pg_hba.conf", Admission("127.0.0.0/8"))
	if err != nil {
		return process.Spec{}, err
	}
	args := append([]string{"-D", data}, p.PostgresArgs(p.Address, pair, p.CA.CA(), hba)...)
	return process.Spec{Name: "postgres", Path: p.Programs["postgres"], Args: args, Env: p.bare(), Dir: "/", User: p.user, Stop: syscall.SIGINT, Output: out}, nil
}

// Admission is pg_hba.conf, as Cloud SQL is set: TLS, a client certificate and
// a password, from these addresses.
func Admission(addresses string) string {
	return "hostssl all all " + addresses + " scram-sha-256 clientcert=verify-ca\n"
}

// PostgresArgs are what PostgreSQL is told.
func (p *Place) PostgresArgs(address string, pair authority.Pair, ca, hba string) []string {
	var args []string
	for _, setting := range []string{
		"listen_addresses=" + address, "port=" + strconv.Itoa(p.Ports.Postgres), "unix_socket_directories=", "hba_file=" + hba,
		"ssl=on", "ssl_cert_file=" + pair.Certificate, "ssl_key_file=" + pair.Key, "ssl_ca_file=" + ca, "ssl_min_protocol_version=TLSv1.3",
		"password_encryption=scram-sha-256", "max_connections=" + strconv.Itoa(connections), "max_locks_per_transaction=256",
		"shared_buffers=128MB", "synchronous_commit=off", // what is lost at a power cut is the last moment, and consistent
		"log_min_messages=warning", "log_line_prefix=", "timezone=UTC",
	} {
		args = append(args, "-c", setting)
	}
	return args
}

// initialize makes the data directory, whole or not at all.
func (p *Place) initialize(ctx context.Context, data string) error {
	version, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if err == nil {
		if is, has := release(p.Programs["postgres"]), strings.TrimSpace(string(version)); is != 0 && has != strconv.Itoa(is) {
			return fmt.Errorf("%w: %s is of %s, and this machine has %d; remove it, and the data begins anew", ErrOtherRelease, data, has, is)
		}
		return nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("look at PostgreSQL's data: %w", err)
	}
	half := data + ".new"
	if err := os.RemoveAll(half); err != nil {
		return fmt.Errorf("remove what an earlier run left: %w", err)
	}
	if _, err := p.room("data", "postgres.new"); err != nil {
		return err
	}
	_, password, err := p.Secret("postgres")
	if err != nil {
		return err
	}
	file, err := p.configure("initdb-password", password+"\n")
	if err != nil {
		return err
	}
	var said bytes.Buffer
	err = p.Group.Run(ctx, process.Spec{
		Name: "initdb", Path: p.Programs["initdb"], Env: p.bare(), Dir: "/", User: p.user, Output: &said,
		Args: []string{"--pgdata", half, "--username", superuser, "--pwfile", file, "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"},
	})
	if err := errors.Join(err, os.Remove(file)); err != nil {
		return fmt.Errorf("make PostgreSQL's data in %s: %w\n%s", half, err, &said)
	}
	if err := os.Rename(half, data); err != nil {
		return fmt.Errorf("make PostgreSQL's data: %w", err)
	}
	return nil
}

// unlock removes the pid file of a server that a crash ended. Its own check
// takes any process with that number for the server.
func (p *Place) unlock(data string) error {
	path := filepath.Join(data, "postmaster.pid")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at PostgreSQL's pid file: %w", err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	if pid, err := strconv.Atoi(strings.TrimSpace(first)); err == nil && pid > 1 {
		command, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
		if err == nil && bytes.Contains(command, []byte("\x00"+data+"\x00")) {
			return fmt.Errorf("PostgreSQL still runs on %s as process %d, which no record names: end it with kill -INT %d, then try again", data, pid, pid)
		}
	}
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("remove PostgreSQL's stale pid file: %w", err)
	}
	return nil
}

// SQL runs statements as the superuser, with psql and its variables.
func (p *Place) SQL(ctx context.Context, database, statements string, variables map[string]string) error {
	_, password, err := p.Secret("postgres")
	if err != nil {
		return err
	}
	pass := p.Path("secrets", "pgpass")
	if err := os.WriteFile(pass, fmt.Appendf(nil, "%s:%d:*:%s:%s\n", p.Address, p.Ports.Postgres, superuser, password), 0o600); err != nil {
		return fmt.Errorf("write %s: %w", pass, err)
	}
	pair, err := p.Certificate("operator")
	if err != nil {
		return err
	}
	args := []string{"-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-"}
	for name, value := range variables {
		args = append(args, "-v", name+"="+value)
	}
	var said bytes.Buffer
	err = p.Group.Run(ctx, process.Spec{
		Name: "psql", Path: p.Programs["psql"], Args: args, Dir: "/", Input: strings.NewReader(statements), Output: &said,
		Env: append(p.bare(), "PGHOST="+p.Address, "PGPORT="+strconv.Itoa(p.Ports.Postgres), "PGUSER="+superuser, "PGDATABASE="+database, "PGPASSFILE="+pass,
			"PGSSLMODE=verify-full", "PGSSLROOTCERT="+p.CA.CA(), "PGSSLCERT="+pair.Certificate, "PGSSLKEY="+pair.Key, "PGCONNECT_TIMEOUT=5"),
	})
	if err != nil {
		return fmt.Errorf("psql in %s: %w: %s", database, err, strings.TrimSpace(said.String()))
	}
	return nil
}

// logins makes what the infrastructure makes: the logins and the database. It
// may be run again at any time.
const logins = `select set_config('client_min_messages', 'warning', false) \g /dev/null
select format('create role %I login', name) from unnest(array['provisioner', 'app', 'pgbouncer']) name
where not exists (select from pg_roles where rolname = name) \gexec
alter role provisioner createrole;
alter role provisioner password :'provisioner';
alter role app password :'app';
alter role pgbouncer password :'pgbouncer';
grant select on pg_catalog.pg_shadow to pgbouncer;
select 'create database avila owner provisioner' where not exists (select from pg_database where datname = 'avila') \gexec
grant connect on database avila to pgbouncer;
\connect avila
grant select on pg_catalog.pg_shadow to pgbouncer;
`

// Logins waits until PostgreSQL answers, and makes logins and database.
func (p *Place) Logins(ctx context.Context, server *process.Process) error {
	for {
		err := p.SQL(ctx, "postgres", "select 1 \\g /dev/null\n", nil)
		if err == nil {
			break
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL does not answer: %w", err)
		case <-server.Ended():
			return fmt.Errorf("PostgreSQL ended at once: %w", server.Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
	statements, err := p.LoginStatements()
	if err != nil {
		return err
	}
	return p.SQL(ctx, "postgres", statements, nil)
}

// LoginStatements make logins and database, for psql. They hold the passwords:
// arguments would be for everybody to read.
func (p *Place) LoginStatements() (string, error) {
	var set strings.Builder
	for _, login := range []string{Provisioner, App, Lookup} {
		_, password, err := p.Secret(login)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&set, "\\set %s '%s'\n", login, password)
	}
	return set.String() + logins, nil
}
