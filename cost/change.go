package cost

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// Change is what one item costs before and after.
type Change struct {
	Item   string  `json:"item"` // component, region, resource, what it is
	Before float64 `json:"beforeUsd"`
	After  float64 `json:"afterUsd"`
	Note   string  `json:"note,omitempty"` // new, gone, or that a price is unknown
}

// Difference is what a change makes of an estimate. Both sides are priced by
// the same table, so that the change alone shows.
type Difference struct {
	Base    string   `json:"base"`
	Changes []Change `json:"changes"`
	USD     float64  `json:"usd"`
	MostUSD float64  `json:"mostUsd"`
}

// Compare lists the items that differ.
func Compare(base string, before, after *Estimate) *Difference {
	d := &Difference{Base: base, USD: after.USD - before.USD, MostUSD: after.MostUSD - before.MostUSD}
	olds, news := byKey(before), byKey(after)
	keys := slices.Sorted(maps.Keys(olds))
	for key := range news {
		if _, had := olds[key]; !had {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		old, had := olds[key]
		now, has := news[key]
		if had && has && old.SKU == now.SKU && old.Quantity == now.Quantity && old.Most == now.Most {
			continue
		}
		change := Change{Item: strings.ReplaceAll(key, "\x00", " "), Before: old.USD, After: now.USD}
		switch {
		case !had:
			change.Note = "new"
		case !has:
			change.Note = "gone"
		}
		if (had && !old.Known) || (has && !now.Known) {
			change.Note = strings.TrimSpace(change.Note + fmt.Sprintf(" price unknown: %s to %s", quantity(old), quantity(now)))
		}
		d.Changes = append(d.Changes, change)
	}
	return d
}

func byKey(e *Estimate) map[string]Item {
	items := map[string]Item{}
	for _, item := range e.Items {
		// The SKU without its size names what the item is.
		kind, _, _ := strings.Cut(item.SKU, "/")
		key := strings.Join([]string{item.Component, item.Region, item.Resource, kind}, "\x00")
		for i := 2; ; i++ {
			if _, taken := items[key]; !taken {
				break
			}
			key = strings.Join([]string{item.Component, item.Region, item.Resource, kind, fmt.Sprint(i)}, "\x00")
		}
		items[key] = item
	}
	return items
}

// Write prints the difference.
func (d *Difference) Write(w io.Writer) error {
	if len(d.Changes) == 0 {
		fmt.Fprintf(w, "\nAgainst %s: nothing that is billed changes.\n", d.Base)
		return nil
	}
	fmt.Fprintf(w, "\nAgainst %s:\n", d.Base)
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, c := range d.Changes {
		fmt.Fprintf(table, "  %s\t%.2f\t→ %.2f\t%+.2f\t%s\n", c.Item, c.Before, c.After, c.After-c.Before, c.Note)
	}
	fmt.Fprintf(table, "  TOTAL\t\t\t%+.2f\tat the limits %+.2f\n", d.USD, d.MostUSD)
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print the difference: %w", err)
	}
	return nil
}
