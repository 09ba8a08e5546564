package tenancy

import (
	"log/slog"
	"time"

	"github.com/avila-devops/saas/apps/internal/postgres"
)

// DB runs statements for tenants. Reads go to the read pool, which may be
// behind the primary by the replica's lag; Fresh reads what was just written.
type DB struct {
	write, read *postgres.Pool
	metrics     *postgres.Metrics
	plans       *planner
	writing     entry // of the write pool
	reading     entry // of the read pool
	slow        time.Duration
	timeout     time.Duration // of one statement
}

// Options are what a DB may be told.
type Options struct {
	Metrics *postgres.Metrics
	Log     *slog.Logger // takes the plans of slow statements
}

// New returns a DB over two pools, which may be the same. Close it before the
// pools.
func New(write, read *postgres.Pool, o Options) *DB {
	s := write.Settings()
	db := &DB{write: write, read: read, metrics: o.Metrics, writing: newEntry(write), reading: newEntry(read), slow: s.Slow, timeout: s.Timeout}
	if db.slow == 0 {
		db.slow = time.Hour
	}
	if o.Log != nil {
		db.plans = newPlanner(db, o.Log)
	}
	return db
}

// Fresh returns a DB whose reads see every write that was acknowledged.
func (db *DB) Fresh() *DB {
	fresh := *db
	fresh.read, fresh.reading = db.write, db.writing
	return &fresh
}

// Close ends the capture of plans.
func (db *DB) Close() {
	if db.plans != nil {
		db.plans.close()
	}
}
