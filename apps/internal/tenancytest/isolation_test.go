package tenancytest

import (
	"context"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

var cluster *postgrestest.Cluster

func TestMain(m *testing.M) {
	os.Exit(postgrestest.Main(m, func(c *postgrestest.Cluster) { cluster = c }))
}

// leaky is a store as nobody should write it: it keeps every tenant's texts in
// one map.
type leaky struct{ texts map[string]string }

func (l *leaky) Get(_ tenancy.ID, key string) string { return l.texts[key] }
func (l *leaky) Put(_ tenancy.ID, key, text string)  { l.texts[key] = text }
func (l *leaky) Drop(_ tenancy.ID, key string)       { delete(l.texts, key) }

func attempt(try func(l *leaky, as tenancy.ID, key string) bool) Attempt[*leaky] {
	return Attempt[*leaky]{
		Write: func(_ context.Context, l *leaky, as tenancy.ID) (string, error) {
			l.Put(as, "k", "of a")
			return "k", nil
		},
		Try: func(_ context.Context, l *leaky, as tenancy.ID, key string) (bool, error) {
			return try(l, as, key), nil
		},
		See: func(_ context.Context, l *leaky, as tenancy.ID, key string) (any, error) { return l.Get(as, key), nil },
	}
}

func TestTheProofFailsForAStoreThatLeaks(t *testing.T) {
	t.Parallel()
	w := New(t, cluster)
	a, b := w.Tenant(t), w.Tenant(t)
	for name, row := range map[string]struct {
		try  func(l *leaky, as tenancy.ID, key string) bool
		want string
	}{
		"a read":           {func(l *leaky, as tenancy.ID, key string) bool { return l.Get(as, key) != "" }, "another tenant reached it"},
		"a silent change":  {func(l *leaky, as tenancy.ID, key string) bool { l.Put(as, key, "of b"); return as == a }, "another tenant changed it"},
		"a silent removal": {func(l *leaky, as tenancy.ID, key string) bool { l.Drop(as, key); return as == a }, "another tenant changed it"},
		"an empty attempt": {func(*leaky, tenancy.ID, string) bool { return false }, "its own tenant does not reach it either, so the attempt proves nothing"},
	} {
		if problems := prove(t, a, b, &leaky{map[string]string{}}, attempt(row.try)); !slices.Contains(problems, row.want) {
			t.Errorf("%s: problems are %q", name, problems)
		}
	}
}

func TestAMethodWithoutAnAttemptIsNamed(t *testing.T) {
	t.Parallel()
	one := attempt(func(*leaky, tenancy.ID, string) bool { return true })
	got := Uncovered(reflect.TypeFor[*leaky](), map[string]Attempt[*leaky]{"Get": one, "Gone": one}, map[string]string{"Put": ""})
	want := []string{
		"*tenancytest.leaky.Drop has no attempt as another tenant; add one",
		"*tenancytest.leaky.Put is exempt without a reason",
		"*tenancytest.leaky has no method Gone",
	}
	if !slices.Equal(got, want) {
		t.Errorf("named:\n%s", strings.Join(got, "\n"))
	}
}
