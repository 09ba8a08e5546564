// Admin is the service of those who administer a tenant: the API that the other
// systems ask, and the dashboard. It opens what Admin rests on and runs it; the
// rest is below internal.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/avila-devops/saas/apps/admin/internal/finding"
	"github.com/avila-devops/saas/apps/admin/internal/server"
	"github.com/avila-devops/saas/apps/internal/auth"
	"github.com/avila-devops/saas/apps/internal/backing"
	"github.com/avila-devops/saas/apps/internal/config"
	"github.com/avila-devops/saas/apps/internal/jobs"
	"github.com/avila-devops/saas/apps/internal/mtls"
	"github.com/avila-devops/saas/apps/internal/service"
	"github.com/avila-devops/saas/apps/internal/telemetry"
)

const (
	// finish is how long requests in flight have to end once draining is over. It
	// and the drain fit into the pod's 45 s.
	finish = 30 * time.Second
	// reread is how often keys and certificates are looked at again.
	reread = time.Minute
	// jobEnd is how long jobs at work then have; they are queued again.
	jobEnd = 4 * time.Second
	// counting is how often counts are written.
	counting = 30 * time.Second
)

func main() {
	if err := run(context.Background(), os.LookupEnv, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "admin:", err)
		os.Exit(1)
	}
}

// settings is what the environment decides.
type settings struct {
	address, admin string
	drain          time.Duration
	keys, issuer   string
	hashes         int
	callers        mtls.Settings
	backing        backing.Settings
}

func load(lookup config.Lookup) (settings, error) {
	r := config.From(lookup)
	s := settings{
		address: r.Address("ADDRESS", ":8080"),
		admin:   r.Address("ADMIN_ADDRESS", ":9090"),
		drain:   r.Duration("DRAIN", 10*time.Second, 0, 5*time.Minute),
		keys:    r.Text("AUTH_KEYS_DIR", ""),
		issuer:  r.Text("AUTH_ISSUER", ""),
		hashes:  r.Number("AUTH_HASHES", 2, 1, 64),
		backing: backing.Load(r),
	}
	s.callers = mtls.LoadSettings(r, s.address)
	r.Distinct("ADDRESS", s.address, "ADMIN_ADDRESS", s.admin)
	if s.issuer != "" && !strings.HasPrefix(s.issuer, "https://") {
		r.Refuse("AUTH_ISSUER", s.issuer, "is not an address", "write the site's own, like https://aviladevops.com.br")
	}
	return s, r.Err()
}

// run serves until the process is told to stop.
func run(ctx context.Context, lookup config.Lookup, out io.Writer) (err error) {
	signals := make(chan os.Signal, 2) // the second must not be lost while the first is handled
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	defer signal.Stop(signals)

	set, err := load(lookup)
	if err != nil {
		return fmt.Errorf("the environment cannot be used; nothing was started:\n%w", err)
	}
	log, metrics := telemetry.NewLog(out, "admin"), telemetry.NewMetrics()
	keys, err := auth.LoadKeys(set.keys)
	if err != nil {
		return fmt.Errorf("AUTH_KEYS_DIR: %w", err)
	}
	identity, callers, err := known(set.callers, log)
	if err != nil {
		return err
	}
	b, err := backing.Open(ctx, set.backing, metrics, log)
	if err != nil {
		return fmt.Errorf("open what admin rests on: %w", err)
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	index, err := indexing(b)
	if err != nil {
		return err
	}
	site, err := assemble(set, b, index, keys, metrics, log)
	if err != nil {
		return err
	}
	worker, err := working(b, index, site, metrics, log)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	var beside sync.WaitGroup
	defer beside.Wait()
	defer stop()
	if worker == nil {
		beside.Go(func() { b.Run(ctx) })
	} else {
		beside.Go(func() { b.Run(ctx, index.Kind()) })
		beside.Go(func() { work(ctx, worker, log) })
	}
	beside.Go(func() { site.Activity.Run(ctx, counting) })
	beside.Go(func() { follow(ctx, keys, log) })
	if identity != nil {
		beside.Go(func() { identity.Follow(ctx, reread) })
	}
	return service.Run(ctx, service.Options{ //nolint:wrapcheck // it says what failed
		Address: set.address, AdminAddress: set.admin, TLS: callers,
		Public: site, Metrics: metrics.Handler(),
		Drain: set.drain, Finish: finish, Log: log, Signals: signals,
	})
}

// known loads what callers are known by.
func known(s mtls.Settings, log *slog.Logger) (*mtls.Identity, *tls.Config, error) {
	if !s.On() {
		return nil, nil, nil
	}
	identity, err := mtls.Load(s.Files, log)
	if err != nil {
		return nil, nil, fmt.Errorf("MTLS_CERT_FILE, MTLS_KEY_FILE, MTLS_CA_FILE: %w", err)
	}
	c, err := identity.Server(s.Peers)
	return identity, c, err //nolint:wrapcheck // it names the peer
}

func assemble(set settings, b *backing.Backing, index *finding.Index, keys *auth.Keys, metrics *telemetry.Metrics, log *slog.Logger) (*server.Server, error) {
	hasher, err := auth.NewHasher(set.hashes)
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what was attempted
	}
	name, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("name this process: %w", err)
	}
	return server.New(server.Parts{ //nolint:wrapcheck // it says what was attempted
		DB: b.DB, Directory: b.Directory, Redis: b.Redis.Primary, Cache: b.Cache, Files: b.Files, Search: b.Search, Index: index, Keys: keys, Issuer: set.issuer,
		Hasher: hasher, Metrics: metrics, Log: log, Process: fmt.Sprintf("%s:%d", name, os.Getpid()),
	})
}

// indexing keeps documents in the database, and tells Elasticsearch of them
// where there is one.
func indexing(b *backing.Backing) (*finding.Index, error) {
	if b.Elastic == nil {
		return finding.New(b.Documents, nil) //nolint:wrapcheck // it names the kind of job
	}
	return finding.New(b.Documents, b.Outbox) //nolint:wrapcheck // as above
}

// working returns the worker of admin's jobs, and nil where there are none.
func working(b *backing.Backing, index *finding.Index, site *server.Server, metrics *telemetry.Metrics, log *slog.Logger) (*jobs.Worker, error) {
	if b.Elastic == nil {
		return nil, nil //nolint:nilnil // there is no job to be done
	}
	w, err := jobs.NewWorker(jobs.WorkerOptions{
		Redis: b.Redis.Primary, Resolver: b.Resolver(), Outbox: b.Outbox, Queues: map[string]int{finding.Queue: 1}, Parallel: 4, Finish: jobEnd, Log: log, Meter: metrics.Registry(),
	})
	if err != nil {
		return nil, err //nolint:wrapcheck // it says what was attempted
	}
	index.Handle(w, b.Elastic, site.Records, site.Entities)
	return w, nil
}

// work does jobs until ctx ends. A worker that fails is started again: requests
// are answered without it.
func work(ctx context.Context, w *jobs.Worker, log *slog.Logger) {
	for ctx.Err() == nil {
		if err := w.Run(ctx); err != nil {
			log.Error("the worker of jobs ended and starts again", "problem", err.Error())
		}
		select {
		case <-ctx.Done():
		case <-time.After(5 * time.Second):
		}
	}
}

// follow reads the keys of tokens again and again, so that one can be replaced
// without a restart.
func follow(ctx context.Context, keys *auth.Keys, log *slog.Logger) {
	tick := time.NewTicker(reread)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := keys.Refresh(); err != nil {
				log.Error("the keys of tokens cannot be read again; the last ones stand", "problem", err.Error())
			}
		}
	}
}
