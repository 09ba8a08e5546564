package setting_test

import (
	"context"
	"errors"
	"os"
	"testing"

	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/setting"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

var cluster *postgrestest.Cluster

func TestMain(m *testing.M) {
	os.Exit(postgrestest.Main(m, func(c *postgrestest.Cluster) { cluster = c }))
}

// of is one method's attempt: all write and see a setting alike.
func of(try func(ctx context.Context, s *setting.Store, as tenancy.ID, key string) (bool, error)) tenancytest.Attempt[*setting.Store] {
	return tenancytest.Attempt[*setting.Store]{
		Write: func(ctx context.Context, s *setting.Store, as tenancy.ID) (string, error) {
			return "brand.colour", s.Put(ctx, as, "brand.colour", "#00"+as.String())
		},
		Try: try,
		See: func(ctx context.Context, s *setting.Store, as tenancy.ID, _ string) (any, error) {
			return s.All(ctx, as)
		},
	}
}

// ASVS: v5.0.0-8.4.1.
func TestNoTenantReachesAnothersSettings(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	tenancytest.Isolation(t, w, setting.NewStore(w.DB(t)), map[string]tenancytest.Attempt[*setting.Store]{
		"Get": of(func(ctx context.Context, s *setting.Store, as tenancy.ID, key string) (bool, error) {
			var colour string
			err := s.Get(ctx, as, key, &colour)
			return colour != "", err
		}),
		"All": of(func(ctx context.Context, s *setting.Store, as tenancy.ID, _ string) (bool, error) {
			all, err := s.All(ctx, as)
			return len(all) > 0, err
		}),
		"Put": of(func(ctx context.Context, s *setting.Store, as tenancy.ID, key string) (bool, error) {
			var was string
			absent := s.Get(ctx, as, key, &was)
			return absent == nil, s.Put(ctx, as, key, "#changed")
		}),
		"Delete": of(func(ctx context.Context, s *setting.Store, as tenancy.ID, key string) (bool, error) {
			err := s.Delete(ctx, as, key)
			return err == nil, err
		}),
	}, nil)
}

func TestASettingIsReadAsItWasWrittenLast(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	s, id := setting.NewStore(w.DB(t)), w.Tenant(t)
	type brand struct{ Logo, Colour string }
	for _, b := range []brand{{"a.svg", "#111"}, {"b.svg", "#222"}} {
		if err := s.Put(t.Context(), id, "brand", b); err != nil {
			t.Fatal(err)
		}
		var got brand
		if err := s.Get(t.Context(), id, "brand", &got); err != nil || got != b {
			t.Errorf("got %v: %v", got, err)
		}
	}
	if err := s.Delete(t.Context(), id, "brand"); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), id, "brand"); !errors.Is(err, setting.ErrAbsent) {
		t.Errorf("a second deletion answers %v", err)
	}
	if err := s.Put(t.Context(), id, "Not A Name", 1); err == nil {
		t.Error("a name that is none is taken")
	}
}
