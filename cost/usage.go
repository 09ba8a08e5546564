package cost

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"

	"gopkg.in/yaml.v3"
)

//go:embed usage.yaml
var usageFile string

// Assumption is how much is used a month, and why that much is assumed.
type Assumption struct {
	Quantity float64 `yaml:"quantity"`
	Why      string  `yaml:"why"`
}

// Usage holds the assumptions of a stack, by key.
type Usage map[string]Assumption

// UsageOf reads the assumptions for a stack from usage.yaml. A stack without a
// section of its own has none, and what depends on use is refused by name.
func UsageOf(stack string) (Usage, error) {
	var all map[string]Usage
	if err := yaml.Unmarshal([]byte(usageFile), &all); err != nil {
		return nil, fmt.Errorf("cost/usage.yaml: %w", err)
	}
	usage, ok := all[stack]
	if !ok {
		return nil, fmt.Errorf("cost/usage.yaml has no section %s; copy one of %v and write down what that stack will use",
			stack, slices.Sorted(maps.Keys(all)))
	}
	return usage, nil
}

func (u Usage) find(key string) (Assumption, error) {
	a, ok := u[key]
	if !ok {
		return Assumption{}, fmt.Errorf("cost/usage.yaml does not say %s; add quantity and why", key)
	}
	return a, nil
}
