package tenancy

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// The statements that make a transaction a tenant's. Every setting is local:
// it ends with the transaction, so whoever has the server connection next finds
// it as it was. The role comes last, when the settings before it were made by
// the login. A session-level SET would stay behind a pooler and serve one
// tenant's rows to another; nothing here or elsewhere uses one.
const (
	enter      = `select set_config('app.current_tenant',$1,true),set_config('search_path',$2,true),set_config('statement_timeout',$3,true),set_config('role',$2,true)`
	enterReads = `select set_config('app.current_tenant',$1,true),set_config('search_path',$2,true),set_config('statement_timeout',$3,true),set_config('transaction_read_only','on',true),set_config('role',$2,true)`
)

// arguments are what enter needs.
func (db *DB) arguments(id ID) [][]byte {
	return [][]byte{[]byte(id.name), []byte(id.schema()), []byte(db.timeout)}
}

// entered explains why a transaction could not become a tenant's.
func entered(id ID, err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && (pg.Code == "42501" || pg.Code == "22023") { // may not be the role, or there is none
		return fmt.Errorf("%w: %s: %w", ErrClosed, id, err)
	}
	return fmt.Errorf("act for the tenant %s: %w", id, err)
}
