package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strings"
)

// Measure is one line of out/bench.json. A measure without a limit holds.
type Measure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Unit  string  `json:"unit"`
	Least float64 `json:"least,omitempty"` // that is accepted; no limit when 0
	Limit float64 `json:"limit,omitempty"` // the most that is accepted; no limit when 0
	OK    bool    `json:"ok"`
}

// limits are what two cores must reach.
var limits = map[string]struct{ least, most float64 }{
	"staging_up_first":                {most: 60},
	"prod_up_first":                   {most: 120},
	"staging_preview_same":            {most: 15},
	"staging_preview_first_x":         {most: 1.5},
	"staging_preview_same_x":          {most: 1.5},
	"staging_up_first_without_boot_x": {most: 1.5},
	"staging_up_same_x":               {most: 1.5},
	"prod_memory_peak":                {most: 3 << 10},
	"prod_memory_standing":            {most: 3 << 10},

	"data_call_of_pgx_x":       {least: 0.75},
	"read_of_bare_x":           {least: 0.85},
	"read_per_core_of_node_x":  {least: 2},
	"tenants_1000_provisioned": {most: 60},
	"tenants_1000_migrated":    {most: 60},
	"tenant_from_spare_worst":  {most: 200},
}

// Report writes measures, and remembers which miss their limits.
type Report struct {
	out, log io.Writer
	missed   []string
}

// NewReport writes a line for each measure to out, and tells it to log.
func NewReport(out, log io.Writer) *Report { return &Report{out: out, log: log} }

// Add judges a measure and writes it.
func (r *Report) Add(name string, value float64, unit string) error {
	m := Measure{Name: name, Value: math.Round(value*1000) / 1000, Unit: unit, Least: limits[name].least, Limit: limits[name].most}
	m.OK = m.Value >= m.Least && (m.Limit == 0 || m.Value <= m.Limit)
	switch {
	case m.OK:
	case m.Value < m.Least:
		r.missed = append(r.missed, fmt.Sprintf("%s is %v %s, and at least %v is wanted", name, m.Value, unit, m.Least))
	default:
		r.missed = append(r.missed, fmt.Sprintf("%s is %v %s, and at most %v is wanted", name, m.Value, unit, m.Limit))
	}
	line, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("measure %s: %w", name, err)
	}
	fmt.Fprintf(r.log, "bench: %s\n", line)
	if _, err := fmt.Fprintf(r.out, "%s\n", line); err != nil {
		return fmt.Errorf("write the measure %s: %w", name, err)
	}
	return nil
}

// Err names every measure that misses its limit.
func (r *Report) Err() error {
	if len(r.missed) == 0 {
		return nil
	}
	return fmt.Errorf("%d measures miss their limits:\n%s", len(r.missed), strings.Join(r.missed, "\n"))
}
