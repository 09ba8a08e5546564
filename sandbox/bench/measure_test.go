package bench

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
)

func TestALimitHoldsFromItsOwnSide(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		value float64
		ok    bool
	}{
		{"data_call_of_pgx_x", 0.75, true},
		{"data_call_of_pgx_x", 0.749, false},
		{"tenants_1000_migrated", 60, true},
		{"tenants_1000_migrated", 60.1, false},
		{"staging_down", 1e6, true},
	} {
		var out bytes.Buffer
		r := NewReport(&out, io.Discard)
		if err := r.Add(c.name, c.value, "unit"); err != nil {
			t.Fatal(err)
		}
		var m Measure
		if err := json.Unmarshal(out.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		if m.Name != c.name || m.Value != c.value || m.OK != c.ok {
			t.Errorf("%s of %v is written as %+v", c.name, c.value, m)
		}
		if err := r.Err(); (err == nil) != c.ok || err != nil && !strings.Contains(err.Error(), c.name) {
			t.Errorf("%s of %v ends with %v", c.name, c.value, err)
		}
	}
}
