package spec

import (
	"fmt"
	"time"
)

// Quiet is a period of each year in which Google changes nothing on the
// database. Security fixes wait for its end, so it is short.
type Quiet struct {
	From string `config:"from"` // first day, month-day: 11-20 unless set, before Black Friday
	To   string `config:"to"`   // last day, month-day: 01-05 unless set, after the year's closing
}

// mostQuietDays is the longest period that Cloud SQL allows.
// https://cloud.google.com/sql/docs/postgres/maintenance#deny
const mostQuietDays = 90

func (q *Quiet) applyDefaults() {
	setDefault(&q.From, "11-20")
	setDefault(&q.To, "01-05")
}

func (q Quiet) validate(ps *problems, path string) {
	const remedy = "write month-day, like 11-20"
	from, wrongFrom := time.Parse("01-02", q.From)
	to, wrongTo := time.Parse("01-02", q.To)
	if wrongFrom != nil {
		ps.add(ErrInvalid, path+".from", q.From, "is not a day of the year", remedy)
	}
	if wrongTo != nil {
		ps.add(ErrInvalid, path+".to", q.To, "is not a day of the year", remedy)
	}
	if wrongFrom != nil || wrongTo != nil {
		return
	}
	if to.Before(from) {
		to = to.AddDate(1, 0, 0)
	}
	if days := int(to.Sub(from).Hours()/24) + 1; days > mostQuietDays {
		ps.add(ErrInvalid, path, q.From+" to "+q.To, fmt.Sprintf("has %d days", days), fmt.Sprintf("Cloud SQL allows %d", mostQuietDays))
	}
}
