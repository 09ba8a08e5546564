package search_test

import (
	"os"
	"testing"

	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/search"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

var cluster *postgrestest.Cluster

func TestMain(m *testing.M) {
	os.Exit(postgrestest.Main(m, func(c *postgrestest.Cluster) { cluster = c }))
}

// world is a database of a test's own, with tenants in it.
type world struct {
	*tenancytest.World
	db *tenancy.DB
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := tenancytest.New(t, cluster)
	return &world{World: w, db: w.DB(t)}
}

func (w *world) postgres() *search.Postgres { return search.NewPostgres(w.db) }
