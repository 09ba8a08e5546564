package cost

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Write prints the estimate: a line for each item, subtotals for each component
// in each region, the total, and what has no price.
func (e *Estimate) Write(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "COMPONENT\tREGION\tRESOURCE\tWHAT\tQUANTITY\tUSD A MONTH\t")
	for i := 0; i < len(e.Items); {
		end := i
		for end < len(e.Items) && sameGroup(e.Items[i], e.Items[end]) {
			item := e.Items[end]
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", item.Component, item.Region, item.Resource, item.What,
				quantity(item), money(item.USD, item.MostUSD, item.Known), mark(item))
			end++
		}
		group := total(e.Items[i:end])
		fmt.Fprintf(table, "%s\t%s\t\tsubtotal\t\t%s\t\n", e.Items[i].Component, e.Items[i].Region, group)
		i = end
	}
	fmt.Fprintf(table, "\t\t\tTOTAL of %s\t\t%s\t\n", e.Stack, total(e.Items))
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print the estimate: %w", err)
	}
	return e.writeNotes(w)
}

func (e *Estimate) writeNotes(w io.Writer) error {
	fmt.Fprint(w, "\nList prices without discounts, taxes and free allotments, 730 hours a month. * depends on use: cost/usage.yaml.\n")
	if e.Unknown == 0 {
		return nil
	}
	fmt.Fprintf(w, "\nNOT in the total, because no public source at hand gives the price (cost/prices.csv says unknown): %d items\n", e.Unknown)
	table := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	for _, sku := range e.unknownSKUs() {
		fmt.Fprintf(table, "  %s\t%s\t%g %s a month\t\n", sku.SKU, sku.Region, sku.Quantity, unitOf(sku.Unit))
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print what has no price: %w", err)
	}
	return nil
}

// unknownSKUs sums the quantities of what has no price, in order of the items.
func (e *Estimate) unknownSKUs() []Item {
	var list []Item
	at := map[string]int{}
	for _, item := range e.Items {
		if item.Known {
			continue
		}
		key := item.SKU + " " + item.Region
		i, seen := at[key]
		if !seen {
			i = len(list)
			at[key] = i
			list = append(list, Item{SKU: item.SKU, Region: item.Region, Unit: item.Unit})
		}
		list[i].Quantity += item.Quantity
	}
	return list
}

func sameGroup(a, b Item) bool { return a.Component == b.Component && a.Region == b.Region }

func total(items []Item) string {
	var least, most float64
	var unknown int
	for _, item := range items {
		least, most = least+item.USD, most+item.MostUSD
		if !item.Known {
			unknown++
		}
	}
	text := money(least, most, true)
	if unknown == len(items) && unknown > 0 {
		return fmt.Sprintf("%d unknown", unknown)
	}
	if unknown > 0 {
		text += fmt.Sprintf(" and %d unknown", unknown)
	}
	return text
}

// money shows the least, and the most where growth is possible.
func money(least, most float64, known bool) string {
	switch {
	case !known:
		return "unknown"
	case most-least >= 0.005:
		return fmt.Sprintf("%.2f to %.2f", least, most)
	default:
		return fmt.Sprintf("%.2f", least)
	}
}

func quantity(item Item) string {
	if item.Most > item.Quantity {
		return fmt.Sprintf("%.4g to %.4g %s", item.Quantity, item.Most, unitOf(item.Unit))
	}
	return fmt.Sprintf("%.4g %s", item.Quantity, unitOf(item.Unit))
}

// unitOf drops the time that a price is for, which the month stands in for.
func unitOf(unit string) string {
	for _, suffix := range []string{"-hour", "-month"} {
		if len(unit) > len(suffix) && unit[len(unit)-len(suffix):] == suffix {
			return unit[:len(unit)-len(suffix)]
		}
	}
	return unit
}

func mark(item Item) string {
	if item.Assumed != "" {
		return "*"
	}
	return ""
}
