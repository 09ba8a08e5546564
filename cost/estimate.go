package cost

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/avila-devops/saas/stacks/graph"
)

// Estimate is what a stack costs a month.
type Estimate struct {
	Stack   string  `json:"stack"`
	Items   []Item  `json:"items"`
	USD     float64 `json:"usd"`     // of all items with a known price
	MostUSD float64 `json:"mostUsd"` // the same, at the limits of autoscaling
	Unknown int     `json:"unknown"` // items without a known price
}

// Of estimates what resources cost. The error joins one for each resource that
// cannot be priced, and names what is missing.
func Of(stack string, resources []graph.Resource, table *Table, usage Usage) (*Estimate, error) {
	estimate := &Estimate{Stack: stack}
	var errs []error
	for _, r := range resources {
		class, ok := classOf(r.Type)
		if !ok {
			errs = append(errs, fmt.Errorf("%s %s: cost has no class for the type; add it to cost/class.go as priced, or as free with the reason", r.Type, r.Name))
			continue
		}
		if class.price == nil {
			continue
		}
		s := &sheet{table: table, usage: usage, resource: r, region: r.Region()}
		if err := class.price(s); err != nil {
			errs = append(errs, fmt.Errorf("%s %s: %w", r.Type, r.Name, err))
			continue
		}
		estimate.Items = append(estimate.Items, s.items...)
	}
	whole := &sheet{table: table, usage: usage, region: "global"}
	for _, price := range wholes {
		if err := price(whole, resources); err != nil {
			errs = append(errs, err)
		}
	}
	estimate.Items = append(estimate.Items, whole.items...)
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("the cost of stack %s cannot be said:\n%w", stack, err)
	}
	estimate.sum()
	return estimate, nil
}

func (e *Estimate) sum() {
	slices.SortStableFunc(e.Items, func(a, b Item) int {
		return strings.Compare(a.Component+"\x00"+a.Region+"\x00"+a.Resource, b.Component+"\x00"+b.Region+"\x00"+b.Resource)
	})
	for _, item := range e.Items {
		e.USD += item.USD
		e.MostUSD += item.MostUSD
		if !item.Known {
			e.Unknown++
		}
	}
}
