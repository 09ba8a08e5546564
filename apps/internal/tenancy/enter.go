package tenancy

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/avila-devops/saas/apps/internal/postgres"
)

// The statements that make a transaction a tenant's. Every setting is local:
// it ends with the transaction, so whoever has the server connection next finds
// it as it was. The role comes last, when the settings before it were made by
// the login. A session-level SET would stay behind a pooler and serve one
// tenant's rows to another; nothing here or elsewhere uses one.
const (
	enter    = `select set_config('app.current_tenant',$1,true)`
	named    = `,set_config('search_path',$2,true)`
	timed    = `,set_config('statement_timeout',$3,true)`
	readOnly = `,set_config('transaction_read_only','on',true)`
	become   = `,set_config('role',$2,true)`
)

// entry is how transactions of a pool become a tenant's. Each setting costs a
// hundredth or two of a short read, so a timeout or a search path that the
// login has by itself is not set again. No isolation rests on either: the role
// may use its own schema and no other, wherever names are looked for.
type entry struct {
	read, write string
	timeout     []byte // in milliseconds; none where the login's own is wanted
}

func newEntry(pool *postgres.Pool) entry {
	e, middle := entry{}, ""
	if pool.Defaults().SearchPath != postgres.OwnSchema {
		middle = named
	}
	if want := pool.Settings().Timeout; want != pool.Defaults().Timeout {
		middle, e.timeout = middle+timed, strconv.AppendInt(nil, want.Milliseconds(), 10)
	}
	e.write = enter + middle + become
	e.read = enter + middle + readOnly + become
	return e
}

// arguments are what the settings are set to.
func (e entry) arguments(id ID) [][]byte {
	if e.timeout != nil {
		return [][]byte{[]byte(id.String()), []byte(schema(id)), e.timeout}
	}
	return [][]byte{[]byte(id.String()), []byte(schema(id))}
}

// entered explains why a transaction could not become a tenant's.
func entered(id ID, err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == "42501" || pg.Code == "22023") { // may not be the role, or there is none
		return fmt.Errorf("%w: %s: %w", ErrClosed, id, err)
	}
	return fmt.Errorf("act for the tenant %s: %w", id, err)
}
