package tenancy

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/avila-devops/saas/apps/internal/postgres"
)

// abandon is how long a transaction may take to be rolled back once its
// request is gone.
const abandon = 5 * time.Second

// Tx is one transaction of one tenant. It ends with the function that it was
// given to; later use is refused, for the connection may be another tenant's.
// It is for one goroutine at a time.
type Tx struct {
	db    *DB
	conn  *pgxpool.Conn
	pool  *postgres.Pool
	id    ID
	reads bool
	ended atomic.Bool
}

// Tx runs a function in a transaction of the tenant, and commits when it
// returns nil. A function that fails or panics leaves nothing behind.
func (db *DB) Tx(ctx context.Context, id ID, do func(*Tx) error) error {
	return db.transaction(ctx, db.write, id, false, do)
}

// ReadTx runs a function in a transaction that cannot write, and whose
// statements all see the same moment.
func (db *DB) ReadTx(ctx context.Context, id ID, do func(*Tx) error) error {
	return db.transaction(ctx, db.read, id, true, do)
}

func (db *DB) transaction(ctx context.Context, pool *postgres.Pool, id ID, reads bool, do func(*Tx) error) error {
	if id.IsZero() {
		return ErrNoTenant
	}
	tx := &Tx{db: db, pool: pool, id: id, reads: reads}
	if err := tx.acquire(ctx); err != nil {
		return err
	}
	defer tx.leave(ctx) // also when do panics
	if err := tx.begin(ctx); err != nil {
		return entered(id, err)
	}
	if err := do(tx); err != nil {
		return err
	}
	return tx.commit(ctx)
}

func (tx *Tx) acquire(ctx context.Context) (err error) {
	bounded, cancel := tx.db.bound(ctx)
	defer cancel()
	if tx.conn, err = tx.pool.Raw().Acquire(bounded); err != nil {
		return unreached(ctx, tx.pool.Role(), err)
	}
	return nil
}

// judge tells what an error before the commit means: nothing was written.
func (tx *Tx) judge(ctx context.Context, err error) error {
	return broken(ctx, tx.conn.Conn().PgConn(), false, err)
}

// begin opens the transaction and makes it the tenant's, in one round trip.
func (tx *Tx) begin(ctx context.Context) error {
	begin, e := "begin", tx.db.writing
	if tx.reads {
		begin, e = "begin isolation level repeatable read read only", tx.db.reading
	}
	batch := &pgconn.Batch{}
	batch.ExecParams(begin, nil, nil, nil, nil)
	batch.ExecParams(e.write, e.arguments(tx.id), nil, nil, nil)
	bounded, cancel := tx.db.bound(ctx)
	defer cancel()
	_, err := tx.conn.Conn().PgConn().ExecBatch(bounded, batch).ReadAll()
	return tx.judge(ctx, err)
}

func (tx *Tx) commit(ctx context.Context) error {
	tx.ended.Store(true)
	pg := tx.conn.Conn().PgConn()
	if status := pg.TxStatus(); status == 'I' && !pg.IsBusy() {
		return fmt.Errorf("%w by its own function: leave begin, commit and rollback out of it", ErrEnded)
	}
	if pg.IsClosed() {
		return fmt.Errorf("%w: no commit for the tenant %s: the connection broke and the error was dropped", ErrAway, tx.id)
	}
	bounded, cancel := tx.db.bound(ctx)
	defer cancel()
	tag, err := tx.conn.Exec(bounded, "commit")
	if err != nil {
		return fmt.Errorf("commit for the tenant %s: %w", tx.id, broken(ctx, pg, !tx.reads, err))
	}
	if tag.String() != "COMMIT" {
		return fmt.Errorf("rolled back for the tenant %s: a statement failed and its error was dropped: %w", tx.id, pgx.ErrTxCommitRollback)
	}
	return nil
}

// leave gives the connection back outside of any transaction, or not at all.
func (tx *Tx) leave(ctx context.Context) {
	tx.ended.Store(true)
	pg := tx.conn.Conn().PgConn()
	if !pg.IsClosed() && (pg.IsBusy() || pg.TxStatus() != 'I') {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abandon)
		defer cancel()
		if _, err := tx.conn.Exec(ctx, "rollback"); err != nil {
			_ = tx.conn.Conn().Close(ctx) // thrown away, whatever it answers
		}
	}
	tx.conn.Release()
}

// Tenant is whose transaction it is.
func (tx *Tx) Tenant() ID { return tx.id }

// Exec runs a statement and returns how many rows it touched.
func (tx *Tx) Exec(ctx context.Context, sql string, args ...any) (int64, error) {
	if tx.ended.Load() {
		return 0, ErrEnded
	}
	start := time.Now()
	bounded, cancel := tx.db.bound(ctx)
	defer cancel()
	tag, err := tx.conn.Exec(bounded, sql, args...)
	tx.db.observe(tx.pool.Role(), question{tx.id, sql, args, tx.reads}, time.Since(start), err)
	return tag.RowsAffected(), tx.judge(ctx, err)
}

// Query runs a statement with rows, which must be closed before the next.
func (tx *Tx) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if tx.ended.Load() {
		return nil, ErrEnded
	}
	start := time.Now()
	bounded, cancel := tx.db.bound(ctx)
	rows, err := tx.conn.Query(bounded, sql, args...)
	if err != nil {
		cancel()
		tx.db.observe(tx.pool.Role(), question{tx.id, sql, args, tx.reads}, time.Since(start), err)
		return nil, tx.judge(ctx, err)
	}
	return &txRows{Rows: rows, tx: tx, ctx: ctx, cancel: cancel, start: start, asked: question{tx.id, sql, args, tx.reads}}, nil
}

// QueryRow runs a statement with one row.
func (tx *Tx) QueryRow(ctx context.Context, sql string, args ...any) pgx.Row {
	rows, err := tx.Query(ctx, sql, args...)
	return oneRow{rows, err}
}

// txRows are rows that cannot outlive their transaction.
type txRows struct {
	pgx.Rows
	tx     *Tx
	ctx    context.Context // the caller's, by which an error is judged
	cancel context.CancelFunc
	start  time.Time
	asked  question
	seen   bool
	err    error
}

// Next is false once the transaction has ended.
func (r *txRows) Next() bool {
	if r.tx.ended.Load() {
		return false
	}
	if r.Rows.Next() {
		return true
	}
	r.observe()
	return false
}

// Close ends the statement.
func (r *txRows) Close() {
	if r.tx.ended.Load() {
		return
	}
	r.Rows.Close()
	r.observe()
}

// Err is the statement's error, or that the transaction ended amid the rows.
func (r *txRows) Err() error {
	if r.tx.ended.Load() && !r.seen {
		return errors.Join(ErrEnded)
	}
	if r.seen {
		return r.err
	}
	return r.Rows.Err() //nolint:wrapcheck // the server names the problem, the store the attempt
}

func (r *txRows) observe() {
	if !r.seen {
		r.seen = true
		r.err = r.tx.judge(r.ctx, r.Rows.Err())
		r.cancel()
		r.tx.db.observe(r.tx.pool.Role(), r.asked, time.Since(r.start), r.Rows.Err())
	}
}
