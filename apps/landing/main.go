// Landing is the public site of Ávila DevOps: the page at the domain itself.
// It holds the page's text and looks; all that it has in common with the other
// services is under internal.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/avila-devops/saas/apps/internal/config"
	"github.com/avila-devops/saas/apps/internal/service"
	"github.com/avila-devops/saas/apps/internal/telemetry"
)

// finish is how long requests in flight have to end once draining is over. It
// and the drain fit into the pod's 45 s.
const finish = 30 * time.Second

func main() {
	if err := run(context.Background(), os.LookupEnv, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "landing:", err)
		os.Exit(1)
	}
}

// settings is what the environment decides.
type settings struct {
	address, admin string
	drain          time.Duration
}

func load(lookup config.Lookup) (settings, error) {
	r := config.From(lookup)
	s := settings{
		address: r.Address("ADDRESS", ":8080"),
		admin:   r.Address("ADMIN_ADDRESS", ":9090"),
		drain:   r.Duration("DRAIN", 10*time.Second, 0, 5*time.Minute),
	}
	r.Distinct("ADDRESS", s.address, "ADMIN_ADDRESS", s.admin)
	return s, r.Err()
}

// run serves until the process is told to stop.
func run(ctx context.Context, lookup config.Lookup, out io.Writer) error {
	signals := make(chan os.Signal, 2) // the second must not be lost while the first is handled
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	defer signal.Stop(signals)

	set, err := load(lookup)
	if err != nil {
		return fmt.Errorf("the environment cannot be used; nothing was started:\n%w", err)
	}
	log := telemetry.NewLog(out, "landing")
	metrics := telemetry.NewMetrics()
	site, err := newSite(metrics, log)
	if err != nil {
		return fmt.Errorf("prepare the site: %w", err)
	}
	return service.Run(ctx, service.Options{
		Address: set.address, AdminAddress: set.admin,
		Public: site, Metrics: metrics.Handler(),
		Drain: set.drain, Finish: finish,
		Log: log, Signals: signals,
	})
}
