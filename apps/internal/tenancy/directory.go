package tenancy

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"maps"
	"sync/atomic"
	"time"

	"github.com/avila-devops/saas/apps/internal/tenant/mint"
)

// Directory finds tenants, in a snapshot that follows the registry. Following
// is asking for the changes after a version, once a second: LISTEN does not
// pass PgBouncer in transaction mode, and a connection around the pooler for
// each process would take back what the pooler saves. What must hold at once,
// that a suspended tenant's rows are out of reach, the database sees to.
type Directory struct {
	source   Source
	every    time.Duration
	maxStale time.Duration
	now      func() time.Time
	log      *slog.Logger
	current  atomic.Pointer[snapshot]
}

// snapshot is the registry at one version. It is never changed.
type snapshot struct {
	version int64
	heard   time.Time
	byName  map[string]Record
	byHost  map[string]string // to a name
}

// Following says how a Directory follows.
type Following struct {
	Every    time.Duration // between two questions; 1 s unless set
	MaxStale time.Duration // without an answer, until nobody is found; 5 min unless set
	Now      func() time.Time
	Log      *slog.Logger
}

// NewDirectory asks the registry once, and returns a Directory that can
// already find every tenant.
func NewDirectory(ctx context.Context, source Source, f Following) (*Directory, error) {
	d := &Directory{source: source, every: f.Every, maxStale: f.MaxStale, now: f.Now, log: f.Log}
	if d.every == 0 {
		d.every = time.Second
	}
	if d.maxStale == 0 {
		d.maxStale = 5 * time.Minute
	}
	if d.now == nil {
		d.now = time.Now
	}
	if d.log == nil {
		d.log = slog.New(slog.DiscardHandler)
	}
	d.current.Store(&snapshot{})
	return d, d.Refresh(ctx)
}

// Follow asks the registry again and again, until ctx ends.
func (d *Directory) Follow(ctx context.Context) {
	tick := time.NewTicker(d.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			asking, cancel := context.WithTimeout(ctx, max(d.every, 5*time.Second))
			if err := d.Refresh(asking); err != nil && ctx.Err() == nil {
				d.log.Warn("the registry of tenants does not answer", "error", err, "heard", d.current.Load().heard)
			}
			cancel()
		}
	}
}

// Refresh asks the registry once. It is for one goroutine at a time.
func (d *Directory) Refresh(ctx context.Context) error {
	old, heard := d.current.Load(), d.now()
	changed, version, err := d.source.Changes(ctx, old.version)
	if err == nil && version < old.version {
		old = &snapshot{}
		changed, version, err = d.source.Changes(ctx, 0)
	}
	if err != nil {
		return fmt.Errorf("follow the registry of tenants: %w", err)
	}
	next := &snapshot{version: version, heard: heard, byName: old.byName, byHost: old.byHost}
	if len(changed) > 0 || old.byName == nil {
		next.byName, next.byHost = with(old.byName, changed)
	}
	d.current.Store(next)
	return nil
}

// with returns the records after changes. A host goes to the record that has
// it now, whichever had it before.
func with(byName map[string]Record, changed []Record) (map[string]Record, map[string]string) {
	names := make(map[string]Record, len(byName)+len(changed))
	maps.Copy(names, byName)
	for _, r := range changed {
		names[r.Name] = r
	}
	hosts := make(map[string]string, len(names))
	for name, r := range names {
		if r.State != Erased {
			hosts[r.Host] = name
		}
	}
	return names, hosts
}

// Host finds the tenant of a Host header, which may have a port.
func (d *Directory) Host(header string) (Tenant, error) {
	host, err := ParseHost(header)
	if err != nil {
		return Tenant{}, err
	}
	s, err := d.fresh()
	if err != nil {
		return Tenant{}, err
	}
	name, ok := s.byHost[host]
	if !ok {
		return Tenant{}, fmt.Errorf("%w: host %q", ErrUnknown, host)
	}
	return s.tenant(name)
}

// Named finds the tenant that a job or a command names.
func (d *Directory) Named(name string) (Tenant, error) {
	s, err := d.fresh()
	if err != nil {
		return Tenant{}, err
	}
	return s.tenant(name)
}

// Kept finds a tenant whose data is kept, be it suspended. It is for exports and
// erasures alone, which a test holds it to.
func (d *Directory) Kept(name string) (ID, error) {
	t, err := d.Named(name)
	if errors.Is(err, ErrSuspended) {
		return mint.New(name), nil
	}
	return t.ID, err
}

// All goes over the tenants that may be served, in no order.
func (d *Directory) All() iter.Seq[Tenant] {
	return func(yield func(Tenant) bool) {
		s, err := d.fresh()
		if err != nil {
			return
		}
		for name := range s.byName {
			if t, err := s.tenant(name); err == nil && !yield(t) {
				return
			}
		}
	}
}

func (d *Directory) fresh() (*snapshot, error) {
	s := d.current.Load()
	if age := d.now().Sub(s.heard); age > d.maxStale {
		return nil, fmt.Errorf("%w: %s", ErrStale, age.Round(time.Second))
	}
	return s, nil
}

// tenant makes an ID of a tenant that may be served.
func (s *snapshot) tenant(name string) (Tenant, error) {
	r, ok := s.byName[name]
	switch {
	case !ok || r.State == Erased:
		return Tenant{}, fmt.Errorf("%w: %.64q", ErrUnknown, name)
	case r.State != Active:
		return Tenant{Record: r}, fmt.Errorf("%w: %s", ErrSuspended, name)
	default:
		return Tenant{Record: r, ID: mint.New(name)}, nil
	}
}
