package tenancy_test

import (
	"context"
	"runtime/pprof"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/postgres"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

// outage is a database of its own that a test may kill, and a service's DB on
// it: directly, or through a pooler.
type outage struct {
	*tenancytest.World
	*load
	pooler *postgrestest.Pooler
	pool   *postgres.Pool
}

const (
	outageTenants     = 3
	outageConnections = 4 // fewer than workers, so that some wait
)

func newOutage(t *testing.T, pooled bool, timeout time.Duration) *outage {
	t.Helper()
	c, err := postgrestest.Start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Stop)
	o := &outage{World: tenancytest.New(t, c)}
	port := c.Port
	if pooled {
		o.pooler = c.PgBouncer(t, 3)
		port = o.pooler.Port
	}
	s := o.Settings(t, port, postgrestest.App, outageConnections)
	s.Timeout = timeout
	pprof.Do(t.Context(), pprof.Labels(serviceLabel, t.Name()), func(ctx context.Context) {
		if o.pool, err = postgres.Open(ctx, s, postgres.ForWrites); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(o.pool.Close)
		o.load = startLoad(t, o.World, tenancy.New(o.pool, o.pool, tenancy.Options{}), outageTenants)
	})
	t.Cleanup(func() { // whoever waits for a server that hangs is let go by its end
		if o.pooler != nil {
			o.pooler.Kill()
		}
		o.Cluster.Kill()
		o.end()
	})
	o.more(t, "before any fault", 100, &o.accepted)
	return o
}

// survives breaks something and mends it, under load.
func (o *outage) survives(t *testing.T, what string, fail, mend func()) {
	t.Helper()
	fail()
	o.more(t, what, outageTenants*workersPerTenant, &o.refused, &o.unknown)
	mend()
	o.more(t, "after "+what, 100, &o.accepted)
	o.more(t, "after "+what, 50, &o.read)
}

// serviceLabel is on every goroutine of a service, its value the test's name.
const serviceLabel = "service-of"

// closes holds that nothing is left of a service: no connection in use, and
// once the pool is closed no goroutine.
func (o *outage) closes(t *testing.T) {
	t.Helper()
	if s := o.pool.Raw().Stat(); s.AcquiredConns() != 0 || s.TotalConns() > outageConnections {
		t.Errorf("%d connections are in use, %d are open", s.AcquiredConns(), s.TotalConns())
	}
	o.pool.Close()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		left := running(t.Name())
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines are left, such as\n%s", len(left), left[0])
		}
	}
}

// running returns the stacks of a service's goroutines.
func running(service string) (stacks []string) {
	var profile strings.Builder
	_ = pprof.Lookup("goroutine").WriteTo(&profile, 1) // into memory
	label := strconv.Quote(serviceLabel) + ":" + strconv.Quote(service)
	for stack := range strings.SplitSeq(profile.String(), "\n\n") {
		if strings.Contains(stack, label) {
			stacks = append(stacks, stack)
		}
	}
	return stacks
}

// ASVS: v5.0.0-2.3.3.
func TestNoAcknowledgedWriteIsLostWhenPostgreSQLIsKilledUnderLoad(t *testing.T) {
	t.Parallel()
	for name, pooled := range map[string]bool{"directly": false, "through PgBouncer": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOutage(t, pooled, time.Second)
			again := func() { o.Cluster.Restart(t) }
			o.survives(t, "PostgreSQL was killed", o.Cluster.Kill, again)
			o.survives(t, "PostgreSQL was shut down at once", o.Cluster.Abort, again)
			o.stop(t, o.World)
			o.closes(t)
		})
	}
}

func TestNoAcknowledgedWriteIsLostWhenPgBouncerIsKilledOrHangsUnderLoad(t *testing.T) {
	t.Parallel()
	o := newOutage(t, true, time.Second)
	o.survives(t, "PgBouncer was killed", o.pooler.Kill, func() { o.pooler.Restart(t) })
	o.survives(t, "PgBouncer hung", func() { o.pooler.Freeze(t) }, func() { o.pooler.Thaw(t) })
	o.stop(t, o.World)
	o.closes(t)
}

func TestAPgBouncerThatIsPausedOrReloadedRefusesNothing(t *testing.T) {
	t.Parallel()
	o := newOutage(t, true, 30*time.Second)
	for range 5 {
		for _, command := range []string{"PAUSE", "RESUME", "RELOAD"} {
			o.pooler.Command(t, command)
		}
		o.more(t, "after RELOAD", 50, &o.accepted)
	}
	o.stop(t, o.World)
	o.closes(t)
	if refused, unknown := o.refused.Load(), o.unknown.Load(); refused > 0 || unknown > 0 {
		t.Errorf("%d writes were refused, of %d the outcome is unknown", refused, unknown)
	}
}
