package bench_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// form is one way to do the same work.
type form struct {
	clients []func(ctx context.Context, n int) error // each for one goroutine
	spent   func(testing.TB) time.Duration           // what a rate is per
}

// wall is the time that everybody spends.
func wall() func(testing.TB) time.Duration {
	start := time.Now()
	return func(testing.TB) time.Duration { return time.Since(start) }
}

// each makes as many clients of what one goroutine may share with the others.
func each(call func(ctx context.Context, n int) error) []func(ctx context.Context, n int) error {
	return slices.Repeat([]func(ctx context.Context, n int) error{call}, clients)
}

// turn lets a form work for a while, and returns its rate a second.
func (f form) turn(b *testing.B, slice time.Duration) float64 {
	b.Helper()
	var calls atomic.Int64
	start, before := time.Now(), f.spent(b)
	var all sync.WaitGroup
	for first, call := range f.clients {
		all.Go(func() {
			for n := first; time.Since(start) < slice; n++ {
				if err := call(b.Context(), n%tenants); err != nil {
					b.Error(err)
					return
				}
				calls.Add(1)
			}
		})
	}
	all.Wait()
	if b.Failed() {
		b.FailNow()
	}
	return float64(calls.Load()) / (f.spent(b) - before).Seconds()
}

// pace is how long a form works before the next has its turn, and how often
// each has one. A busy machine disturbs many short turns less than a few long.
type pace struct {
	slice  time.Duration
	rounds int
}

var (
	often  = pace{25 * time.Millisecond, 200}
	seldom = pace{400 * time.Millisecond, 50} // where the kernel counts in hundredths of a second
)

// rounds are the rates of each form, round by round.
type rounds [][]float64

// turns lets forms take turns. The first turns warm caches and compilers, and
// are not counted.
func turns(b *testing.B, p pace, forms ...form) rounds {
	b.Helper()
	rates := make(rounds, len(forms))
	for round := -p.rounds / 10; round < p.rounds; round++ {
		for f := range forms {
			if rate := forms[f].turn(b, p.slice); round >= 0 {
				rates[f] = append(rates[f], rate)
			}
		}
	}
	return rates
}

// rate is the median rate of a form.
func (r rounds) rate(f int) float64 { return median(r[f]) }

// ratio is the median of what a form did for each that another did in the same
// round.
func (r rounds) ratio(f, to int) float64 {
	ratios := make([]float64, len(r[f]))
	for i := range ratios {
		ratios[i] = r[f][i] / r[to][i]
	}
	return median(ratios)
}

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
