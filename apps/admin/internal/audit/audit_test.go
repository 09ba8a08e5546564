package audit_test

import (
	"context"
	"os"
	"testing"

	"github.com/avila-devops/saas/apps/admin/internal/audit"
	"github.com/avila-devops/saas/apps/internal/auth"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

var cluster *postgrestest.Cluster

func TestMain(m *testing.M) {
	os.Exit(postgrestest.Main(m, func(c *postgrestest.Cluster) { cluster = c }))
}

func list(ctx context.Context, l *audit.Log, as tenancy.ID, object string) ([]audit.Entry, error) {
	page, _, err := l.List(ctx, as, audit.Query{Object: object, Limit: 10})
	return page, err
}

func of(try func(ctx context.Context, l *audit.Log, as tenancy.ID, key string) (bool, error)) tenancytest.Attempt[*audit.Log] {
	return tenancytest.Attempt[*audit.Log]{
		Write: func(ctx context.Context, l *audit.Log, as tenancy.ID) (string, error) {
			return "session:S1", l.Record(ctx, as, auth.Event{Kind: auth.SignedIn, User: "u", Session: "S1", Address: "203.0.113.7"})
		},
		Try: try,
		See: func(ctx context.Context, l *audit.Log, as tenancy.ID, key string) (any, error) {
			return list(ctx, l, as, key)
		},
	}
}

// ASVS: v5.0.0-8.4.1 (tenants), v5.0.0-16.3.1 (sign-ins are logged).
func TestNoTenantReachesAnothersLog(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	tenancytest.Isolation(t, w, audit.New(w.DB(t)), map[string]tenancytest.Attempt[*audit.Log]{
		"List": of(func(ctx context.Context, l *audit.Log, as tenancy.ID, key string) (bool, error) {
			page, err := list(ctx, l, as, key)
			return len(page) == 1 && page[0].Detail["address"] == "203.0.113.7", err
		}),
		"Note": of(func(ctx context.Context, l *audit.Log, as tenancy.ID, key string) (bool, error) {
			before, err := list(ctx, l, as, key)
			if err != nil {
				return false, err
			}
			return len(before) > 0, l.Note(ctx, as, "u", "changed", key, nil)
		}),
		"Record": of(func(ctx context.Context, l *audit.Log, as tenancy.ID, key string) (bool, error) {
			before, err := list(ctx, l, as, key)
			if err != nil {
				return false, err
			}
			return len(before) > 0, l.Record(ctx, as, auth.Event{Kind: auth.SignedOut, User: "u", Session: "S1"})
		}),
	}, nil)
}

// ASVS: v5.0.0-16.4.2 (logs are kept from being changed).
func TestNobodyChangesOrRemovesAnEntry(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	db, id := w.DB(t), w.Tenant(t)
	if err := audit.New(db).Record(t.Context(), id, auth.Event{Kind: auth.SignedIn}); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{"update audit set actor = 'x'", "delete from audit"} {
		if _, err := db.Exec(t.Context(), id, sql); err == nil {
			t.Errorf("%s is allowed", sql)
		}
	}
}

func TestALogIsReadPageByPage(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	l, id := audit.New(w.DB(t)), w.Tenant(t)
	for range 3 {
		if err := l.Record(t.Context(), id, auth.Event{Kind: auth.SignedIn}); err != nil {
			t.Fatal(err)
		}
	}
	first, more, err := l.List(t.Context(), id, audit.Query{Limit: 2})
	if err != nil || !more || len(first) != 2 {
		t.Fatalf("%v, %t: %v", first, more, err)
	}
	rest, more, err := l.List(t.Context(), id, audit.Query{Limit: 2, Before: first[1].ID})
	if err != nil || more || len(rest) != 1 || rest[0].ID >= first[1].ID {
		t.Errorf("%v, %t: %v", rest, more, err)
	}
}
