package cost

import "github.com/avila-devops/saas/stacks/graph"

// Item is one line of the estimate.
type Item struct {
	Component string  `json:"component"`
	Region    string  `json:"region"`
	Resource  string  `json:"resource"`
	What      string  `json:"what"`
	SKU       string  `json:"sku"`
	Unit      string  `json:"unit"`
	Quantity  float64 `json:"quantity"` // what is always there
	Most      float64 `json:"most"`     // what may come by itself, such as by autoscaling
	Known     bool    `json:"known"`
	USD       float64 `json:"usd"`     // a month of Quantity
	MostUSD   float64 `json:"mostUsd"` // a month of Most
	Assumed   string  `json:"assumed,omitempty"`
}

// sheet collects the items of one resource.
type sheet struct {
	table    *Table
	usage    Usage
	resource graph.Resource
	region   string
	items    []Item
}

// add prices a quantity that is always there.
func (s *sheet) add(what, sku string, quantity float64) error {
	return s.between(what, sku, quantity, quantity)
}

// between prices a quantity that may grow by itself.
func (s *sheet) between(what, sku string, least, most float64) error {
	price, err := s.table.find(sku, s.region)
	if err != nil {
		return err
	}
	s.items = append(s.items, Item{
		Component: s.resource.Component(), Region: s.region, Resource: s.resource.Name, What: what,
		SKU: sku, Unit: price.Unit, Quantity: least, Most: most, Known: price.Known,
		USD: least * price.USD * price.perMonth(), MostUSD: most * price.USD * price.perMonth(),
	})
	return nil
}

// used prices what depends on use, scale times the assumption of the key.
func (s *sheet) used(what, sku, key string, scale float64) error {
	assumed, err := s.usage.find(key)
	if err != nil {
		return err
	}
	if err := s.add(what, sku, assumed.Quantity*scale); err != nil {
		return err
	}
	s.items[len(s.items)-1].Assumed = key + ": " + assumed.Why
	return nil
}
