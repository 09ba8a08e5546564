package cost

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

//go:embed prices.csv
var priceFile string

// hoursPerMonth is what Google's own calculator takes a month to have.
const hoursPerMonth = 730

// anyRegion marks a price that is the same everywhere.
const anyRegion = "any"

// unknownPrice is how the table writes that no public source gave a price.
const unknownPrice = "unknown"

// ErrNoRow says that the price table does not know of something that the
// program asks for.
var ErrNoRow = errors.New("no price row")

// Price is one row of the table.
type Price struct {
	SKU    string
	Region string
	Unit   string // what the price is for: hour, GB-month, …
	USD    float64
	Known  bool
	AsOf   string // the date that the source gives
	Source string
}

// perMonth is the factor from the row's unit to a month of it.
func (p Price) perMonth() float64 {
	if strings.HasSuffix(p.Unit, "hour") {
		return hoursPerMonth
	}
	return 1
}

// Table is the dated price table.
type Table struct{ rows map[string]Price }

// Prices reads the table of the repository.
func Prices() (*Table, error) { return parsePrices(priceFile) }

// columns of prices.csv, in this order.
var columns = []string{"sku", "region", "unit", "usd", "as_of", "source"}

func parsePrices(text string) (*Table, error) {
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comment, reader.FieldsPerRecord = '#', len(columns)
	records, err := reader.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("cost/prices.csv: %w", err)
	}
	table := &Table{rows: map[string]Price{}}
	var errs []error
	for i, r := range records {
		if i == 0 {
			if strings.Join(r, ",") != strings.Join(columns, ",") {
				return nil, fmt.Errorf("cost/prices.csv: the header is %v; want %v", r, columns)
			}
			continue
		}
		p := Price{SKU: r[0], Region: r[1], Unit: r[2], AsOf: r[4], Source: r[5]}
		if r[3] != unknownPrice {
			if p.USD, err = strconv.ParseFloat(r[3], 64); err != nil || p.USD < 0 {
				errs = append(errs, fmt.Errorf("cost/prices.csv: %s in %s: %q is no price; write US dollars, or %s", p.SKU, p.Region, r[3], unknownPrice))
			}
			p.Known = true
			if p.AsOf == "" || p.Source == "" {
				errs = append(errs, fmt.Errorf("cost/prices.csv: %s in %s has no date or no source", p.SKU, p.Region))
			}
		}
		key := p.SKU + " " + p.Region
		if _, twice := table.rows[key]; twice {
			errs = append(errs, fmt.Errorf("cost/prices.csv: %s in %s stands there twice", p.SKU, p.Region))
		}
		table.rows[key] = p
	}
	return table, errors.Join(errs...)
}

// find returns the row of a SKU in a region, or the one for any region.
func (t *Table) find(sku, region string) (Price, error) {
	for _, r := range []string{region, anyRegion} {
		if p, ok := t.rows[sku+" "+r]; ok {
			return p, nil
		}
	}
	return Price{}, fmt.Errorf("%w for %s in %s; add one to cost/prices.csv with its source and date, or with %q when no public source gives it",
		ErrNoRow, sku, region, unknownPrice)
}

// Rows counts the rows, and how many of them have a price.
func (t *Table) Rows() (all, known int) {
	for _, p := range t.rows {
		if p.Known {
			known++
		}
	}
	return len(t.rows), known
}
