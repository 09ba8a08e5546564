package entity

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Query asks for a page of records.
type Query struct {
	Text    string
	Filters []Filter
	Sort    Sort
	After   Place // the record that the page before ended with
	Limit   int
}

// Filter keeps the records whose field is one value, or in a while.
type Filter struct {
	Field           *Field
	Is, From, Until string // Until is the first that is out
}

// Place is where a page ends: the last record's sort value and key.
type Place struct{ Value, Key string }

// Pages hold so many records, and at most so many.
const (
	PageSize    = 25
	MaxPageSize = 100
)

// ParseQuery reads a list's parameters, and says all that is wrong with them.
// Dates are the tenant's days.
func (e *Entity) ParseQuery(in url.Values, zone *time.Location) (Query, Problems) {
	q := Query{Text: strings.Join(strings.Fields(strings.ToValidUTF8(strings.ReplaceAll(in.Get("q"), "\x00", ""), "")), " "), Sort: e.Sorts[0], Limit: PageSize}
	var problems Problems
	refuse := func(name, detail string) { problems = append(problems, Problem{name, detail}) }
	if len(q.Text) > 200 {
		refuse("q", "a busca tem mais de 200 bytes")
	}
	if text := in.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > MaxPageSize {
			refuse("limit", "não está entre 1 e "+strconv.Itoa(MaxPageSize))
		}
		q.Limit = n
	}
	if name := in.Get("sort"); name != "" {
		i := slices.IndexFunc(e.Sorts, func(s Sort) bool { return s.Name == name })
		if i < 0 {
			refuse("sort", "esta ordem não existe")
		} else {
			q.Sort = e.Sorts[i]
		}
	}
	if text := in.Get("after"); text != "" {
		at, ok := readPlace(text, e.Key)
		if !ok {
			refuse("after", "não é o fim de uma página desta lista")
		}
		q.After = at
	}
	for i := range e.Fields {
		if f := &e.Fields[i]; f.Filter {
			q.filter(f, in, zone, refuse)
		}
	}
	return q, problems
}

func (q *Query) filter(f *Field, in url.Values, zone *time.Location, refuse func(name, detail string)) {
	if f.Kind != Date && f.Kind != Moment {
		if is := in.Get(f.Name); is != "" {
			if detail := f.check(is); detail != "" {
				refuse(f.Name, detail)
			}
			q.Filters = append(q.Filters, Filter{Field: f, Is: is})
		}
		return
	}
	var w Filter
	for name, add := range map[string]int{f.Name + "_from": 0, f.Name + "_to": 1} {
		text := in.Get(name)
		if text == "" {
			continue
		}
		day, err := time.ParseInLocation(dateForm, text, zone)
		if err != nil || Date.check(text, 0, 0) != "" {
			refuse(name, "não é uma data, como 2026-12-31")
			continue
		}
		day = day.AddDate(0, 0, add)
		value := day.Format(dateForm)
		if f.Kind == Moment {
			value = day.UTC().Format(momentForm)
		}
		if add == 0 {
			w.From = value
		} else {
			w.Until = value
		}
	}
	if w != (Filter{}) {
		w.Field = f
		q.Filters = append(q.Filters, w)
	}
}

// String is a place as it travels.
func (p Place) String() string {
	if p.Key == "" {
		return ""
	}
	text, err := json.Marshal([]string{p.Value, p.Key})
	if err != nil {
		return "" // cannot be: two texts
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func readPlace(text string, key Key) (Place, bool) {
	var parts []string
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(raw, &parts) != nil || len(parts) != 2 || strings.Contains(parts[0]+parts[1], "\x00") || key.Type == "uuid" && !IsUUID(parts[1]) {
		return Place{}, false
	}
	return Place{parts[0], parts[1]}, true
}
