// Landing is the public site: at the domain itself that of Ávila DevOps, at a
// tenant's host the tenant's own. It holds the pages' text and looks, the forms
// and the way to a payment; all that it has in common with the other services
// is under internal.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/avila-devops/saas/apps/internal/backing"
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
	options := service.Options{
		Address: set.address, AdminAddress: set.admin,
		Metrics: metrics.Handler(),
		Drain:   set.drain, Finish: finish,
		Log: log, Signals: signals,
	}
	if set.mode == modeTenants {
		return runTenants(ctx, set, options, metrics)
	}
	if options.Public, err = newSite(metrics, log); err != nil {
		return fmt.Errorf("prepare the site: %w", err)
	}
	return service.Run(ctx, options)
}

// runTenants serves the pages of tenants, and closes what they rest on once no
// request is under way.
func runTenants(ctx context.Context, set settings, options service.Options, metrics *telemetry.Metrics) (err error) {
	b, err := backing.Open(ctx, set.backing, metrics, options.Log)
	if err != nil {
		return fmt.Errorf("open what the landing rests on: %w", err)
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	f, err := newFront(set, b, metrics, options.Log)
	if err != nil {
		return err
	}
	beside, stop := context.WithCancel(ctx)
	var running sync.WaitGroup
	running.Go(func() { b.Run(beside, f.notice) })
	running.Go(func() { f.run(beside) })
	defer running.Wait()
	defer stop()
	options.Public = f
	return service.Run(ctx, options)
}
