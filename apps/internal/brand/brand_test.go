package brand_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"regexp"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/avila-devops/saas/apps/internal/brand"
	"github.com/avila-devops/saas/apps/internal/cache"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/redistest"
	"github.com/avila-devops/saas/apps/internal/setting"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

var cluster *postgrestest.Cluster

func TestMain(m *testing.M) {
	os.Exit(postgrestest.Main(m, func(c *postgrestest.Cluster) { cluster = c }))
}

func store(t *testing.T, w *tenancytest.World) *brand.Store {
	t.Helper()
	client := redistest.Start(t).Client()
	kept, err := cache.New(client, client, prometheus.NewRegistry(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	s, err := brand.New(setting.NewStore(w.DB(t)), kept)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func sample(as tenancy.ID) brand.Brand {
	return brand.Brand{Name: "Clínica " + as.String(), Colour: "#aa3300", Logo: "marca/x.png", Features: []string{"clinica"}, Zone: "America/Manaus"}
}

func of(try func(ctx context.Context, s *brand.Store, as tenancy.ID) (bool, error)) tenancytest.Attempt[*brand.Store] {
	return tenancytest.Attempt[*brand.Store]{
		Write: func(ctx context.Context, s *brand.Store, as tenancy.ID) (string, error) {
			return "brand", s.Save(ctx, as, sample(as))
		},
		Try: func(ctx context.Context, s *brand.Store, as tenancy.ID, _ string) (bool, error) {
			return try(ctx, s, as)
		},
		See: func(ctx context.Context, s *brand.Store, as tenancy.ID, _ string) (any, error) {
			return s.Load(ctx, as)
		},
	}
}

func TestNoTenantReachesAnothersBrand(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	tenancytest.Isolation(t, w, store(t, w), map[string]tenancytest.Attempt[*brand.Store]{
		"Load": of(func(ctx context.Context, s *brand.Store, as tenancy.ID) (bool, error) {
			b, err := s.Load(ctx, as)
			return b.Colour == "#aa3300", err
		}),
		"Save": of(func(ctx context.Context, s *brand.Store, as tenancy.ID) (bool, error) {
			b, err := s.Load(ctx, as)
			b.Colour = "#00ff00"
			was := b.Logo != ""
			return was, errors.Join(err, s.Save(ctx, as, b))
		}),
	}, nil)
}

func TestABrandIsReadAsItWasSavedAndIsCompleteBefore(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	s, id := store(t, w), w.Tenant(t)
	if b, err := s.Load(t.Context(), id); err != nil || b.Check() != nil {
		t.Errorf("before: %+v, %v", b, err)
	}
	if err := s.Save(t.Context(), id, sample(id)); err != nil {
		t.Fatal(err)
	}
	if b, err := s.Load(t.Context(), id); err != nil || !reflect.DeepEqual(b, sample(id)) {
		t.Errorf("after: %+v, %v", b, err)
	}
	err := s.Save(t.Context(), id, brand.Brand{Colour: "red;}", Features: []string{"x"}})
	if want := "colour: não é uma cor, como #0b5d4b; features: escolha entre as opções; name: use de 1 a 80 caracteres; zone: escolha um dos fusos"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

var colours = regexp.MustCompile(`#[0-9a-f]{6}`)

func TestWhateverColourIsChosenCanBeRead(t *testing.T) {
	t.Parallel()
	for _, chosen := range []string{"#ffffff", "#000000", "#ffff00", "#0000ff", "#777777", "#161c1a", "#0b5d4b"} {
		found := colours.FindAllString(string(brand.Brand{Colour: chosen}.Stylesheet()), -1)
		if len(found) != 4 {
			t.Fatalf("%s: %v", chosen, found)
		}
		for what, pair := range map[string][2]string{"on light": {found[0], "#ffffff"}, "ink by day": {found[0], found[1]}, "on dark": {found[2], "#161c1a"}, "ink by night": {found[2], found[3]}} {
			if c := brand.Contrast(pair[0], pair[1]); c < 4.5 {
				t.Errorf("%s, %s: %v has a contrast of %.1f", chosen, what, pair, c)
			}
		}
	}
}

// ASVS: v5.0.0-1.3.5.
func TestNothingButAColourComesIntoTheStylesheet(t *testing.T) {
	t.Parallel()
	text := string(brand.Brand{Colour: "#fff}body{display:none"}.Stylesheet())
	if want := string(brand.Brand{Colour: brand.Colour}.Stylesheet()); text != want {
		t.Error(fmt.Sprint(text))
	}
}
