package tenancy

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/avila-devops/saas/apps/internal/postgres"
)

// Query runs one statement that reads, in one round trip: what makes the
// transaction the tenant's and the statement itself travel together, and the
// server ends the transaction after them. It cannot write. Rows must be
// closed, as pgx.CollectRows does.
func (db *DB) Query(ctx context.Context, id ID, sql string, args ...any) (pgx.Rows, error) {
	s, err := db.send(ctx, db.read, id, db.reading, true, sql, args)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// QueryRow runs one statement that reads one row, as Query does. Scan returns
// pgx.ErrNoRows when there is none.
func (db *DB) QueryRow(ctx context.Context, id ID, sql string, args ...any) pgx.Row {
	rows, err := db.Query(ctx, id, sql, args...)
	return oneRow{rows, err}
}

// Exec runs one statement that writes, in one round trip, and returns how many
// rows it touched. It returns nil only when the write is committed.
func (db *DB) Exec(ctx context.Context, id ID, sql string, args ...any) (int64, error) {
	s, err := db.send(ctx, db.write, id, db.writing, false, sql, args)
	if err != nil {
		return 0, err
	}
	s.Close()
	return s.CommandTag().RowsAffected(), s.Err()
}

// statement is one statement on its way, and its rows.
type statement struct {
	pgx.Rows
	db      *DB
	conn    *pgxpool.Conn
	results *pgconn.MultiResultReader
	ctx     context.Context // the caller's, by which an error is judged
	cancel  context.CancelFunc
	asked   question
	pool    *postgres.Pool
	start   time.Time
	err     error
}

// question is a statement of a tenant, as the capture of plans needs it.
type question struct {
	id    ID
	sql   string
	args  []any
	reads bool
}

func (db *DB) send(ctx context.Context, pool *postgres.Pool, id ID, e entry, reads bool, sql string, args []any) (*statement, error) {
	if id.IsZero() {
		return nil, ErrNoTenant
	}
	bounded, cancel := db.bound(ctx)
	conn, err := pool.Raw().Acquire(bounded)
	if err != nil {
		cancel()
		return nil, unreached(ctx, pool.Role(), err)
	}
	s := &statement{db: db, conn: conn, pool: pool, ctx: ctx, cancel: cancel, start: time.Now(), asked: question{id, sql, args, reads}}
	types := conn.Conn().TypeMap()
	var encoded pgx.ExtendedQueryBuilder
	if err := encoded.Build(types, nil, args); err != nil {
		conn.Release()
		cancel()
		return nil, fmt.Errorf("arguments of a statement: %w", err)
	}
	set := e.write
	if reads {
		set = e.read
	}
	batch := &pgconn.Batch{}
	batch.ExecParams(set, e.arguments(id), nil, nil, nil)
	batch.ExecParams(sql, encoded.ParamValues, nil, encoded.ParamFormats, encoded.ResultFormats)
	s.results = conn.Conn().PgConn().ExecBatch(bounded, batch)
	if err := s.enter(); err != nil {
		return nil, err
	}
	s.Rows = pgx.RowsFromResultReader(types, s.results.ResultReader())
	return s, nil
}

// enter reads the answer to the settings, and comes to the statement's.
func (s *statement) enter() error {
	var err error
	if s.results.NextResult() {
		_, err = s.results.ResultReader().Close()
	}
	if err == nil && s.results.NextResult() {
		return nil
	}
	settled := err == nil
	if closed := s.results.Close(); settled {
		err = closed // of the statement itself: it could not be understood
	}
	s.err = s.judge(err)
	s.done()
	if settled {
		return s.err
	}
	return entered(s.asked.id, s.err)
}

// judge tells what an error means, while the connection is still known.
func (s *statement) judge(err error) error {
	return broken(s.ctx, s.conn.Conn().PgConn(), !s.asked.reads, err)
}

// Close reads to the end, which is where the server commits, and gives the
// connection back.
func (s *statement) Close() {
	if s.conn == nil {
		return
	}
	s.Rows.Close()
	s.err = s.Rows.Err()
	if err := s.results.Close(); s.err == nil {
		s.err = err
	}
	s.err = s.judge(s.err)
	s.done()
}

func (s *statement) done() {
	s.cancel()
	s.conn.Release() // one that broke, or is amid a transaction, is thrown away
	s.conn = nil
	s.db.observe(s.pool.Role(), s.asked, time.Since(s.start), s.err)
}

// Next closes the statement after its last row.
func (s *statement) Next() bool {
	if s.conn == nil {
		return false
	}
	if s.Rows.Next() {
		return true
	}
	s.Close()
	return false
}

// Err is the statement's error, or that of the commit.
func (s *statement) Err() error {
	if s.err != nil {
		return s.err
	}
	return s.Rows.Err()
}

// Scan closes the statement when a row cannot be read.
func (s *statement) Scan(dest ...any) error {
	err := s.Rows.Scan(dest...)
	if err != nil {
		s.Close()
	}
	return err //nolint:wrapcheck // it names the column
}

// oneRow is the first row of a statement.
type oneRow struct {
	rows pgx.Rows
	err  error
}

func (r oneRow) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		return errors.Join(r.rows.Err(), noRows(r.rows.Err()))
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err //nolint:wrapcheck // it names the column
	}
	r.rows.Close()
	return r.rows.Err() //nolint:wrapcheck // it is the server's
}

// noRows is the answer when nothing went wrong and there is no row.
func noRows(err error) error {
	if err != nil {
		return nil
	}
	return pgx.ErrNoRows
}

// observe counts a statement, and has the plan of a slow one captured.
func (db *DB) observe(role postgres.Role, q question, took time.Duration, err error) {
	slow := took >= db.slow
	db.metrics.Observe(role, took, err != nil, slow)
	if slow && db.plans != nil {
		db.plans.capture(q, took)
	}
}
