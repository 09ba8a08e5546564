package tenancy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"
)

const (
	planAgain   = 10 * time.Minute // until the same statement's plan is captured again
	planTimeout = 30 * time.Second // of a plan that is run
	plansWait   = 16               // at most, then further ones are dropped
	plansKept   = 1024             // statements whose time is remembered
)

// planner logs the plans of slow statements. It asks for them with the same
// arguments and as the same tenant, one at a time, and logs the plan's shape:
// which tables, indexes and joins, how many rows, how long. Conditions hold
// values, and values are the tenant's, so none of them is logged.
type planner struct {
	db    *DB
	log   *slog.Logger
	queue chan slowQuestion
	stop  context.CancelFunc
	ended sync.WaitGroup

	mu   sync.Mutex
	last map[string]time.Time // by statement
}

type slowQuestion struct {
	question
	took time.Duration
}

func newPlanner(db *DB, log *slog.Logger) *planner {
	ctx, stop := context.WithCancel(context.Background())
	own := *db // without a planner, so that its own statements are not captured
	p := &planner{db: &own, log: log, queue: make(chan slowQuestion, plansWait), stop: stop, last: map[string]time.Time{}}
	p.ended.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case q := <-p.queue:
				p.explain(ctx, q)
			}
		}
	})
	return p
}

func (p *planner) close() {
	p.stop()
	p.ended.Wait()
}

// capture puts a statement into the queue. It never waits: the request that
// was slow already must not become slower.
func (p *planner) capture(q question, took time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.last[q.sql]) < planAgain {
		return
	}
	if len(p.last) >= plansKept {
		clear(p.last)
	}
	select {
	case p.queue <- slowQuestion{q, took}:
		p.last[q.sql] = time.Now()
	default:
	}
}

// explain asks for a plan. A statement that reads is run once more for its
// true numbers, where the database itself forbids it to write; one that writes
// is planned and not run.
func (p *planner) explain(ctx context.Context, q slowQuestion) {
	ctx, cancel := context.WithTimeout(ctx, planTimeout)
	defer cancel()
	how, run := "explain (format json) ", p.db.Tx
	if q.reads {
		how, run = "explain (analyze, buffers, format json) ", p.db.ReadTx
	}
	var plan []byte
	err := run(ctx, q.id, func(tx *Tx) error {
		return tx.QueryRow(ctx, how+q.sql, q.args...).Scan(&plan)
	})
	if err == nil {
		plan, err = shape(plan)
	}
	if err != nil {
		p.log.Warn("slow statement without a plan", "tenant", q.id, "statement", q.sql, "took", q.took.String(), "error", err)
		return
	}
	p.log.Warn("slow statement", "tenant", q.id, "statement", q.sql, "took", q.took.String(), "ran", q.reads, "plan", json.RawMessage(plan))
}

// shown are the keys of a plan that never hold a value of a row or a
// parameter.
var shown = []string{
	"Node Type", "Join Type", "Scan Direction", "Strategy", "Parent Relationship",
	"Relation Name", "Index Name", "CTE Name", "Function Name", "Subplan Name",
	"Startup Cost", "Total Cost", "Plan Rows", "Plan Width", "Actual Startup Time", "Actual Total Time", "Actual Rows", "Actual Loops",
	"Rows Removed by Filter", "Rows Removed by Index Recheck", "Rows Removed by Join Filter", "Heap Fetches",
	"Shared Hit Blocks", "Shared Read Blocks", "Temp Read Blocks", "Temp Written Blocks",
	"Sort Method", "Sort Space Used", "Sort Space Type", "Hash Batches", "Peak Memory Usage", "Workers Planned", "Workers Launched",
}

// shape keeps of a plan what is shown.
func shape(plan []byte) ([]byte, error) {
	var whole []struct {
		Plan      map[string]any
		Planning  float64 `json:"Planning Time"`
		Execution float64 `json:"Execution Time"`
	}
	if err := json.Unmarshal(plan, &whole); err != nil {
		return nil, fmt.Errorf("the server's plan cannot be read: %w", err)
	}
	if len(whole) == 0 {
		return nil, errors.New("the server's plan is empty")
	}
	kept := map[string]any{"plan": node(whole[0].Plan), "planning_ms": whole[0].Planning, "execution_ms": whole[0].Execution}
	return json.Marshal(kept) //nolint:wrapcheck // of numbers and texts, which cannot fail
}

func node(full map[string]any) map[string]any {
	kept := map[string]any{}
	for _, key := range shown {
		if v, ok := full[key]; ok {
			kept[key] = v
		}
	}
	if below, ok := full["Plans"].([]any); ok {
		var nodes []any
		for _, b := range below {
			if m, ok := b.(map[string]any); ok {
				nodes = append(nodes, node(m))
			}
		}
		kept["Plans"] = nodes
	}
	return kept
}
