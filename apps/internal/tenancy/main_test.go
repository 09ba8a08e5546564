package tenancy_test

import (
	"os"
	"testing"

	"github.com/avila-devops/saas/apps/internal/postgrestest"
)

var cluster *postgrestest.Cluster

func TestMain(m *testing.M) {
	os.Exit(postgrestest.Main(m, func(c *postgrestest.Cluster) { cluster = c }))
}
