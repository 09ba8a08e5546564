package postgres

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Role says what a pool is for.
type Role string

// The pools of a service.
const (
	ForWrites Role = "write"
	ForReads  Role = "read"
)

// Pool is a bounded number of connections as one login. It has no method that
// runs a statement: Raw is for tenancy, registry and provisioner, and a test
// holds every other package to that.
type Pool struct {
	raw      *pgxpool.Pool
	role     Role
	settings Settings
	defaults Defaults
}

// Defaults are what a login's sessions begin with, as tenantctl prepare gave
// them to it: what wants the same need not ask for it in each transaction.
type Defaults struct {
	Timeout    time.Duration // of a statement; 0 is none
	SearchPath string
}

// OwnSchema is the search path that follows the role: whoever a transaction
// becomes, its names are those of the schema that is named as the role.
const OwnSchema = `"$user"`

// Open opens a pool and proves that its login is bound by row level security.
func Open(ctx context.Context, s Settings, role Role) (*Pool, error) {
	p, err := open(ctx, s, role)
	if err != nil {
		return nil, err
	}
	if err := p.Guard(ctx); err != nil {
		p.Close()
		return nil, err
	}
	return p, nil
}

// OpenOwner opens a pool of the login that owns the tables, which no service
// may: it is for tenantctl.
func OpenOwner(ctx context.Context, s Settings) (*Pool, error) { return open(ctx, s, ForWrites) }

func open(ctx context.Context, s Settings, role Role) (*Pool, error) {
	address := s.Write
	if role == ForReads {
		address = s.Read
		if s.ReadDatabase != "" {
			s.Database = s.ReadDatabase
		}
	}
	cfg, err := s.connections(address)
	if err != nil {
		return nil, fmt.Errorf("database at %s: %w", address, err)
	}
	raw, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("database at %s: %w", address, err)
	}
	p := &Pool{raw: raw, role: role, settings: s}
	var milliseconds int64
	if err := raw.QueryRow(ctx, "select (select setting::bigint from pg_settings where name = 'statement_timeout'), current_setting('search_path')").Scan(&milliseconds, &p.defaults.SearchPath); err != nil {
		raw.Close()
		return nil, fmt.Errorf("database %s at %s does not answer the login %s; check the address, the password file and the certificates: %w", s.Database, address, s.Login, err)
	}
	p.defaults.Timeout = time.Duration(milliseconds) * time.Millisecond
	return p, nil
}

// connections returns how to connect. Nothing is taken from the environment's
// PG variables but what s says.
func (s Settings) connections(address string) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig("sslmode=disable")
	if err != nil {
		return nil, err //nolint:wrapcheck // the caller names the address
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err //nolint:wrapcheck // it names the address
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("port %q is not a number: %w", port, err)
	}
	c := cfg.ConnConfig
	c.Host, c.Port, c.Database, c.User = host, uint16(number), s.Database, s.Login
	c.Fallbacks, c.RuntimeParams = nil, map[string]string{}
	c.ConnectTimeout = 5 * time.Second
	// Exec names no statement on the server, so it is safe on any PgBouncer,
	// and it is the extended protocol, so arguments are never text of a query.
	c.DefaultQueryExecMode = pgx.QueryExecModeExec
	c.StatementCacheCapacity, c.DescriptionCacheCapacity = 0, 0
	cfg.MaxConns = int32(s.Connections) // Load bounds it
	cfg.MaxConnLifetime, cfg.MaxConnLifetimeJitter = 30*time.Minute, 5*time.Minute
	cfg.MaxConnIdleTime = 5 * time.Minute
	cfg.BeforeConnect = func(_ context.Context, c *pgx.ConnConfig) error {
		var err error
		if c.Password, err = s.password(); err != nil {
			return err
		}
		c.TLSConfig, err = s.secure(host)
		return err
	}
	return cfg, nil
}

// Raw is the pool itself, which knows no tenant.
func (p *Pool) Raw() *pgxpool.Pool { return p.raw }

// Role is what the pool is for.
func (p *Pool) Role() Role { return p.role }

// Defaults are what the login's sessions begin with.
func (p *Pool) Defaults() Defaults { return p.defaults }

// Settings are what the pool was opened with.
func (p *Pool) Settings() Settings { return p.settings }

// Close closes every connection once it is given back.
func (p *Pool) Close() { p.raw.Close() }
