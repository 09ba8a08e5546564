// Package brand is how a tenant shows itself on its pages: name, logo, colour,
// the features that it uses, its time zone. It reads and writes them among the
// tenant's settings, and writes the colours as a stylesheet; the pages are each
// service's own.
package brand

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/avila-devops/saas/apps/internal/cache"
	"github.com/avila-devops/saas/apps/internal/setting"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Brand is a tenant's. The zero Brand is that of one who has chosen nothing.
type Brand struct {
	Name     string   `json:"name"`
	Colour   string   `json:"colour"` // #rrggbb
	Logo     string   `json:"logo"`   // a file of the tenant's; empty for none
	Features []string `json:"features"`
	Zone     string   `json:"zone"` // of the IANA
}

// The choices.
var (
	Features = []string{"clinica", "reciclagem", "fiscal", "site"}
	Zones    = []string{"America/Sao_Paulo", "America/Manaus", "America/Rio_Branco", "America/Noronha"}
)

const (
	// Colour is that of who has chosen none.
	Colour = "#0b5d4b"
	// Zone is that of who has chosen none.
	Zone = "America/Sao_Paulo"
)

// Invalid says what is wrong with a brand, by field.
type Invalid map[string]string

// Error implements error.
func (i Invalid) Error() string {
	var all []string
	for field, problem := range i {
		all = append(all, field+": "+problem)
	}
	slices.Sort(all)
	return strings.Join(all, "; ")
}

var colourForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)

// Check says all that is wrong.
func (b Brand) Check() error {
	wrong := Invalid{}
	if n := utf8.RuneCountInString(b.Name); n == 0 || n > 80 || !utf8.ValidString(b.Name) || strings.ContainsRune(b.Name, 0) {
		wrong["name"] = "use de 1 a 80 caracteres"
	}
	if !colourForm.MatchString(b.Colour) {
		wrong["colour"] = "não é uma cor, como " + Colour
	}
	if !slices.Contains(Zones, b.Zone) {
		wrong["zone"] = "escolha um dos fusos"
	}
	for _, f := range b.Features {
		if !slices.Contains(Features, f) {
			wrong["features"] = "escolha entre as opções"
		}
	}
	if len(wrong) > 0 {
		return wrong
	}
	return nil
}

// Location is the tenant's time zone.
func (b Brand) Location() *time.Location {
	if zone, err := time.LoadLocation(b.Zone); err == nil {
		return zone
	}
	return time.UTC // cannot be: every service embeds the zones
}

// Uses tells whether the tenant uses a feature.
func (b Brand) Uses(feature string) bool { return slices.Contains(b.Features, feature) }

// Store keeps brands among the settings, each part under a name of its own.
type Store struct {
	settings *setting.Store
	cache    *cache.Cache
	recent   *cache.Space[Brand]
}

// tag is what a brand is made of: one that is being read while another is saved
// is not kept.
const tag = "brand"

// New returns a Store. Give it settings that read from the primary: what a
// replica has not heard of yet would be kept. Every request asks for a brand, so it is kept in a cache;
// all services that show brands share it, and Save makes them forget.
func New(settings *setting.Store, kept *cache.Cache) (*Store, error) {
	recent, err := cache.NewSpace[Brand](kept, cache.Kind{Name: "brand", Life: 10 * time.Minute, Tags: []string{tag}})
	if err != nil {
		return nil, fmt.Errorf("prepare the cache of brands: %w", err)
	}
	return &Store{settings, kept, recent}, nil
}

// Load reads a tenant's brand, complete with what it has not chosen.
func (s *Store) Load(ctx context.Context, id tenancy.ID) (Brand, error) {
	return s.recent.Load(ctx, id, "brand", func(ctx context.Context) (Brand, error) { return s.read(ctx, id) }) //nolint:wrapcheck // read says what was read
}

func (s *Store) read(ctx context.Context, id tenancy.ID) (Brand, error) {
	b := Brand{Name: id.String(), Colour: Colour, Features: Features, Zone: Zone}
	all, err := s.settings.All(ctx, id)
	if err != nil {
		return b, fmt.Errorf("read the brand: %w", err)
	}
	var problems []error
	for name, into := range map[string]any{"brand.name": &b.Name, "brand.colour": &b.Colour, "brand.logo": &b.Logo, "brand.features": &b.Features, "brand.zone": &b.Zone} {
		if text, ok := all[name]; ok {
			if err := json.Unmarshal(text, into); err != nil {
				problems = append(problems, fmt.Errorf("the setting %s: %w", name, err))
			}
		}
	}
	return b, errors.Join(problems...)
}

// Save writes a tenant's brand.
func (s *Store) Save(ctx context.Context, id tenancy.ID, b Brand) error {
	if err := b.Check(); err != nil {
		return err
	}
	for _, part := range []struct {
		name  string
		value any
	}{{"brand.name", b.Name}, {"brand.colour", b.Colour}, {"brand.logo", b.Logo}, {"brand.features", b.Features}, {"brand.zone", b.Zone}} {
		if err := s.settings.Put(ctx, id, part.name, part.value); err != nil {
			return fmt.Errorf("write the brand: %w", err)
		}
	}
	// While Redis is away nobody reads the old one from it; it may be back before
	// that one ends, so what was not forgotten is told.
	if err := s.cache.Invalidate(ctx, id, tag); err != nil {
		return fmt.Errorf("the brand is written, and pages may show the old one for ten minutes: %w", err)
	}
	return nil
}
