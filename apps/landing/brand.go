package main

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/internal/tenancy"
)

// Brand is how a tenant shows itself: its settings brand.name, brand.tagline,
// brand.text, brand.logo (a file's name), brand.colour (#rrggbb), brand.points
// (a list of short texts), brand.zone, and of brand.features whether it uses
// the clinic, whose services are public.
type Brand struct {
	Name, Tagline, Text string
	Logo                string
	Colour              string
	Points              []string
	Zone                string
	Features            []string // nil: it has not chosen, and uses all
}

// clinic tells whether the tenant's services are shown.
func (b Brand) clinic() bool { return b.Features == nil || slices.Contains(b.Features, "clinica") }

// Offer is a service that a tenant offers.
type Offer struct {
	ID, Name string
	Minutes  int
	Cents    int64
	Updated  time.Time
}

// Price is the offer's, as it is written in Brazil.
func (o Offer) Price() string { return reais(o.Cents) }

// reais writes an amount: R$ 1.234,50.
func reais(cents int64) string {
	whole := strconv.FormatInt(cents/100, 10)
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "." + whole[i:]
	}
	return fmt.Sprintf("R$ %s,%02d", whole, cents%100)
}

// Card is all that a tenant's public pages are made of.
type Card struct {
	Brand  Brand
	Offers []Offer
}

// offer returns the offer of a name.
func (c Card) offer(name string) (Offer, bool) {
	for _, o := range c.Offers {
		if o.Name == name {
			return o, true
		}
	}
	return Offer{}, false
}

// card returns a tenant's, from the cache or its tables.
func (f *front) card(ctx context.Context, id tenancy.ID) (Card, error) {
	return f.cards.Load(ctx, id, "card", func(ctx context.Context) (c Card, err error) { //nolint:wrapcheck // readCard says what failed
		if c, err = f.readCard(ctx, id); err == nil {
			f.index(ctx, id, c)
		}
		return c, err
	})
}

func (f *front) readCard(ctx context.Context, id tenancy.ID) (Card, error) {
	all, err := f.settings.All(ctx, id)
	if err != nil {
		return Card{}, err //nolint:wrapcheck // it says what failed
	}
	c := Card{Brand: readBrand(id, all)}
	if !c.Brand.clinic() {
		return c, nil
	}
	rows, err := f.backing.DB.Query(ctx, id, "select id::text, name, minutes, price_cents, updated_at from services where active order by name limit 200")
	if err != nil {
		return Card{}, fmt.Errorf("read the services: %w", err)
	}
	if c.Offers, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Offer]); err != nil {
		return Card{}, fmt.Errorf("read the services: %w", err)
	}
	return c, nil
}

// readBrand takes the settings that are of the right form. A page with a
// missing tagline is better than none.
func readBrand(id tenancy.ID, all map[string]json.RawMessage) (b Brand) {
	for name, into := range map[string]any{
		"brand.name": &b.Name, "brand.tagline": &b.Tagline, "brand.text": &b.Text, "brand.logo": &b.Logo, "brand.colour": &b.Colour, "brand.features": &b.Features,
		"brand.points": &b.Points, "brand.zone": &b.Zone,
	} {
		if raw, ok := all[name]; ok {
			_ = json.Unmarshal(raw, into) // another form counts as not set
		}
	}
	if b.Name == "" {
		b.Name = strings.ToUpper(id.String()[:1]) + id.String()[1:]
	}
	if !colour.MatchString(b.Colour) {
		b.Colour = "#0b5d4b"
	}
	return b
}

var colour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// Initial stands where there is no logo.
func (b Brand) Initial() string {
	for _, r := range b.Name {
		return strings.ToUpper(string(r))
	}
	return ""
}

// style is a brand's stylesheet: its colour, and one that can be read on dark
// paper, each with what is written on it.
func (b Brand) style() string {
	dark := lighten(b.Colour)
	return fmt.Sprintf(":root { --brand: %[1]s; --brand-ink: %[2]s; --mark: %[1]s; --mark-ink: %[2]s; }\n@media (prefers-color-scheme: dark) { :root { --brand: %[3]s; --brand-ink: %[4]s; } }\n",
		b.Colour, ink(b.Colour), dark, ink(dark))
}

func channels(c string) (out [3]float64) {
	for i := range out {
		n, _ := strconv.ParseUint(c[1+2*i:3+2*i], 16, 8) // readBrand judged it
		out[i] = float64(n)
	}
	return out
}

// ink is black or white, whichever has more contrast on a colour: WCAG's
// luminance, with its exponent rounded.
func ink(c string) string {
	light := 0.0
	for i, v := range channels(c) {
		v /= 255
		light += []float64{.2126, .7152, .0722}[i] * v * v
	}
	if light > .2 {
		return "#0b1512"
	}
	return "#ffffff"
}

// lighten mixes a colour half with white.
func lighten(c string) string {
	v := channels(c)
	return fmt.Sprintf("#%02x%02x%02x", int(v[0]+255)/2, int(v[1]+255)/2, int(v[2]+255)/2)
}
