package gcp

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// The five fields of a cron line and their bounds.
var cronFields = []struct {
	name      string
	low, high int
}{
	{"minute", 0, 59}, {"hour", 0, 23}, {"day of the month", 1, 31}, {"month", 1, 12}, {"day of the week", 0, 7},
}

// cronInterval is the shortest time between two runs of a cron line, in days.
// Lines are read as standard cron has them: lists, ranges, steps and numbers.
func cronInterval(line string) (days float64, err error) {
	parts := strings.Fields(line)
	if len(parts) != len(cronFields) {
		return 0, fmt.Errorf("%q is not a cron line: it has %d fields, not minute, hour, day of the month, month and day of the week", clip(line), len(parts))
	}
	sets := make([][]int, len(parts))
	for i, part := range parts {
		field := cronFields[i]
		if sets[i], err = cronSet(part, field.low, field.high); err != nil {
			return 0, fmt.Errorf("%q is not a cron line: %s %w", clip(line), field.name, err)
		}
	}
	// Within a day the shortest gap is what counts; a line that runs once a day
	// is bounded by the gap between days.
	var minutes []int
	for _, hour := range sets[1] {
		for _, minute := range sets[0] {
			minutes = append(minutes, hour*60+minute)
		}
	}
	slices.Sort(minutes)
	const day = 24 * 60
	if len(minutes) > 1 {
		least := day - minutes[len(minutes)-1] + minutes[0]
		for i := 1; i < len(minutes); i++ {
			least = min(least, minutes[i]-minutes[i-1])
		}
		return float64(least) / day, nil
	}
	if weekdays := sets[4]; parts[4] != "*" && len(weekdays) == 1 && parts[2] == "*" {
		return 7, nil
	}
	return 1, nil
}

// cronSet lists what one field means.
func cronSet(field string, low, high int) ([]int, error) {
	var all []int
	for _, item := range strings.Split(field, ",") {
		span, stepText, stepped := strings.Cut(item, "/")
		step := 1
		if stepped {
			n, err := strconv.Atoi(stepText)
			if err != nil || n < 1 {
				return nil, fmt.Errorf("has the step %q", stepText)
			}
			step = n
		}
		from, to := low, high
		if span != "*" {
			first, last, ranged := strings.Cut(span, "-")
			n, err := strconv.Atoi(first)
			if err != nil {
				return nil, fmt.Errorf("is %q", field)
			}
			from, to = n, n
			if ranged {
				if to, err = strconv.Atoi(last); err != nil {
					return nil, fmt.Errorf("is %q", field)
				}
			}
		}
		if from < low || to > high || from > to {
			return nil, fmt.Errorf("is %q: use %d to %d", field, low, high)
		}
		for n := from; n <= to; n += step {
			if !slices.Contains(all, n) {
				all = append(all, n)
			}
		}
	}
	return all, nil
}
