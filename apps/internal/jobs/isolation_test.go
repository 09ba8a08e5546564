package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/jobs"
	"github.com/avila-devops/saas/apps/internal/tenant"
	"github.com/avila-devops/saas/apps/internal/tenant/tenanttest"
)

// crossings tries each operation as tenant b on a dead job of tenant a.
var crossings = map[string]func(ctx context.Context, p *bundle, job string) error{
	"Office.Dead": func(ctx context.Context, p *bundle, _ string) error {
		if list, err := p.office.Dead(ctx, b); len(list) != 0 || err != nil {
			return errors.Join(fmt.Errorf("b sees %v", list), err)
		}
		return nil
	},
	"Office.Waiting": func(ctx context.Context, p *bundle, _ string) error {
		if _, err := p.kind.Enqueue(ctx, p.client, a, "later", letter{Canary: "a"}, jobs.Later{In: time.Hour}); err != nil {
			return err
		}
		if list, err := p.office.Waiting(ctx, b); len(list) != 0 || err != nil {
			return errors.Join(fmt.Errorf("b sees %v", list), err)
		}
		if list, err := p.office.Waiting(ctx, a); len(list) != 1 || !strings.Contains(string(list[0].Body), `"a"`) || err != nil {
			return errors.Join(fmt.Errorf("a sees %v", list), err)
		}
		return nil
	},
	"Office.Retry": func(ctx context.Context, p *bundle, job string) error {
		if err := p.office.Retry(ctx, b, job); !errors.Is(err, jobs.ErrNotFound) {
			return errors.Join(errors.New("b retries it"), err)
		}
		return nil
	},
	"Office.Drop": func(ctx context.Context, p *bundle, job string) error {
		for _, name := range []string{job, "b." + job, strings.Replace(job, "a.", "b.", 1)} {
			if err := p.office.Drop(ctx, b, name); !errors.Is(err, jobs.ErrNotFound) {
				return errors.Join(fmt.Errorf("b drops %s", name), err)
			}
		}
		return nil
	},
	"Office.Erase": func(ctx context.Context, p *bundle, _ string) error {
		if n, _, err := p.office.Erase(ctx, b); n != 0 || err != nil {
			return errors.Join(fmt.Errorf("b erases %d", n), err)
		}
		return nil
	},
	"Kind.Enqueue": func(ctx context.Context, p *bundle, _ string) error {
		if fresh, err := p.kind.Enqueue(ctx, p.client, b, "k", letter{}, jobs.Later{}); !fresh || err != nil {
			return errors.Join(fmt.Errorf("b's job is taken for a's (new: %v)", fresh), err)
		}
		// The operations come in any order: b is left without a job, as the others expect it.
		if n, _, err := p.office.Erase(ctx, b); n != 1 || err != nil {
			return errors.Join(fmt.Errorf("of b's job were erased %d", n), err)
		}
		return nil
	},
	"Kind.Entry": func(_ context.Context, p *bundle, _ string) error {
		if e, err := p.kind.Entry(b, "k", letter{}); e.Tenant != b || err != nil {
			return errors.Join(fmt.Errorf("the entry is %v's", e.Tenant), err)
		}
		return nil
	},
}

// ASVS: v5.0.0-8.4.1.
func TestNoOperationOfATenantReachesAnothers(t *testing.T) {
	t.Parallel()
	tenanttest.Covered(t, crossings, nil, reflect.TypeFor[*jobs.Office](), reflect.TypeFor[jobs.Kind[letter]](), reflect.TypeFor[*jobs.Client](), reflect.TypeFor[*jobs.Relay]())
	p := setup(t)
	p.queue(t, a, "k", letter{Canary: "a"})
	stop := p.work(t, func(context.Context, jobs.Job[letter]) error { return jobs.ErrGiveUp })
	until(t, "dead", func() bool { return len(p.dead(t, a)) == 1 })
	stop()
	for name, cross := range crossings {
		if err := cross(t.Context(), p, p.dead(t, a)[0].ID); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if len(p.dead(t, a)) != 1 {
			t.Fatalf("after %s: a has %v", name, p.dead(t, a))
		}
	}
}

func TestNoOperationWorksWithoutATenant(t *testing.T) {
	t.Parallel()
	p := setup(t)
	var none tenant.ID
	_, enqueue := p.kind.Enqueue(t.Context(), p.client, none, "k", letter{}, jobs.Later{})
	_, entry := p.kind.Entry(none, "k", letter{})
	_, dead := p.office.Dead(t.Context(), none)
	_, waiting := p.office.Waiting(t.Context(), none)
	_, _, erase := p.office.Erase(t.Context(), none)
	for name, err := range map[string]error{
		"Enqueue": enqueue, "Entry": entry, "Dead": dead, "Waiting": waiting, "Erase": erase,
		"Retry": p.office.Retry(t.Context(), none, "x"), "Drop": p.office.Drop(t.Context(), none, "x"),
	} {
		if err == nil || !strings.Contains(err.Error(), "no tenant: ") {
			t.Errorf("%s gives %v", name, err)
		}
	}
}

func TestEraseLeavesNothingOfTheTenantAndAllOfTheOthers(t *testing.T) {
	t.Parallel()
	p := setup(t)
	near := tenanttest.ID("ab")
	for n := range 600 { // more than a page
		p.queue(t, a, fmt.Sprint(n), letter{})
		p.queue(t, near, fmt.Sprint(n), letter{})
	}
	if n, working, err := p.office.Erase(t.Context(), a); n != 600 || working != 0 || err != nil {
		t.Errorf("erased %d, %d at work, %v", n, working, err)
	}
	if left := p.redis.Keys(t.Context(), "*a.letter*").Val(); len(left) != 0 {
		t.Errorf("%d keys are left, such as %s", len(left), left[0])
	}
	if n, _, err := p.office.Erase(t.Context(), near); n != 600 || err != nil {
		t.Errorf("the other tenant had %d, %v", n, err)
	}
}

func TestJobsOfTenantsAtRandomNeverMeet(t *testing.T) {
	t.Parallel()
	p, l := setup(t), &ledger{}
	p.work(t, func(_ context.Context, j jobs.Job[letter]) error {
		if j.Body.Canary != name(j.Tenant, j.Key) {
			t.Errorf("%s got the job of %s", name(j.Tenant, j.Key), j.Body.Canary)
		}
		l.note(j.Tenant, j.Key)
		switch j.Key[0] {
		case 'd':
			return jobs.ErrGiveUp
		case 'r':
			if j.Attempt == 1 {
				return errors.New("again")
			}
		}
		return nil
	})
	var mu sync.Mutex
	var keys []string
	var all sync.WaitGroup
	for n := range 10 {
		id := tenanttest.ID(fmt.Sprintf("t%d", n))
		all.Go(func() {
			chance := rand.New(rand.NewPCG(3, uint64(n)))
			for i := range 40 {
				key := fmt.Sprintf("%c%d", "dro"[chance.IntN(3)], i) // the same keys for all tenants
				p.queue(t, id, key, letter{Canary: name(id, key)})
				mu.Lock()
				keys = append(keys, name(id, key))
				mu.Unlock()
				if chance.IntN(5) == 0 {
					for _, d := range p.dead(t, id) {
						if !strings.Contains(string(d.Body), `"`+id.String()+"/") {
							t.Errorf("%s sees %s", id, d.Body)
						}
					}
				}
			}
		})
	}
	all.Wait()
	until(t, "all done", func() bool { return len(l.missing(keys)) == 0 })
}

func FuzzNamesOfTwoTenantsJobsNeverMeet(f *testing.F) {
	f.Add("a", "k", "b", "k")
	f.Add("a", "b.letter.k", "a-b", "k")
	f.Fuzz(func(t *testing.T, first, key, second, otherKey string) {
		one, two := tenanttest.ID(first), tenanttest.ID(second)
		if tenant.Check(one) != nil || tenant.Check(two) != nil {
			return
		}
		name, other := jobs.TaskID(one, "letter", key), jobs.TaskID(two, "letter", otherKey)
		if (name == other) != (first == second && key == otherKey) {
			t.Errorf("%q of %q and %q of %q are %s and %s", key, first, otherKey, second, name, other)
		}
		if first != second && (strings.HasPrefix(name, jobs.Owner(two)) || strings.HasPrefix(other, jobs.Owner(one))) {
			t.Errorf("%s and %s have one owner", name, other)
		}
	})
}
