package bench_test

import (
	"os"
	"os/exec"
	"testing"
)

// BenchmarkRead asks over HTTP for what BenchmarkDataCall reads: by the host's
// tenant, and by the same handler without tenancy.
func BenchmarkRead(b *testing.B) {
	w := newWorld(b)
	s := w.start(b, exec.Command(os.Args[0]), nil)
	for b.Loop() {
		r := turns(b, often, form{w.load(b, s.Bare), wall()}, form{w.load(b, s.Tenancy), wall()})
		b.ReportMetric(r.rate(0), "bare_read")
		b.ReportMetric(r.rate(1), "read")
		b.ReportMetric(r.ratio(1, 0), "read_of_bare_x")
	}
}
