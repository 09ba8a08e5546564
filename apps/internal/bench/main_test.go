package bench_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/avila-devops/saas/apps/internal/postgrestest"
)

const (
	tenants = 50
	clients = 8 // and as many connections of each pool
)

var cluster *postgrestest.Cluster

// TestMain runs the benchmarks, or is the server that one of them started.
func TestMain(m *testing.M) {
	if order, ok := os.LookupEnv(orderVariable); ok {
		if err := serve(order); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(postgrestest.Main(m, func(c *postgrestest.Cluster) { cluster = c }))
}
