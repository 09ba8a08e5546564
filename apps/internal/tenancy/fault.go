package tenancy

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/avila-devops/saas/apps/internal/postgres"
)

// grace is how much longer than the server a caller waits at most: a server
// that answers stops the statement itself, and says so.
const grace = 2 * time.Second

// bound ends a wait that the server's own timeout would not: for a pool that
// is taken, and for a server or a pooler that holds connections and is silent.
func (db *DB) bound(ctx context.Context) (context.Context, context.CancelFunc) {
	if db.timeout == 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, db.timeout+min(db.timeout, grace))
}

// unreached is the error of a call that got no connection.
func unreached(ctx context.Context, role postgres.Role, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("wait for a connection of the %s pool: %w", role, err)
	}
	return fmt.Errorf("%w: wait for a connection of the %s pool: %w", ErrAway, role, err)
}

// broken says what it means that a connection broke, and leaves alone what the
// server or the caller said on one that did not. ctx is the caller's; writes
// tells that a commit may have been on its way. Only a server that answers
// knows: its last words may be from before a commit or after it.
func broken(ctx context.Context, conn *pgconn.PgConn, writes bool, err error) error {
	switch {
	case err == nil || !conn.IsClosed():
		return err
	case writes && !unsent(err):
		return fmt.Errorf("%w: %w", ErrOutcome, err)
	case ctx.Err() != nil:
		return err
	default:
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
}

// unsent tells that no server was sent anything. That a connection is closed,
// pgx says of one that closed under way too, so it tells nothing. A pooler that
// has no server for a client says so in words alone; those of another version
// make the outcome unknown, which is never wrong.
func unsent(err error) bool {
	var said *pgconn.PgError
	if errors.As(err, &said) {
		return said.Code == "08P01" && (strings.Contains(said.Message, "query_wait_timeout") || strings.Contains(said.Message, "server_login_retry"))
	}
	return pgconn.SafeToRetry(err) && !errors.Is(err, pgconn.ErrConnClosed)
}
