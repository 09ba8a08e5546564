package boundary_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"

	"github.com/avila-devops/saas/apps/internal/boundary"
)

// load reads packages of this module with their types.
func load(t *testing.T, patterns ...string) []*packages.Package {
	t.Helper()
	all, err := packages.Load(&packages.Config{
		Context: t.Context(), Dir: filepath.Join("..", ".."),
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports,
	}, patterns...)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		for _, problem := range p.Errors {
			t.Fatalf("%s: %v", p.PkgPath, problem)
		}
	}
	return all
}

// ASVS: v5.0.0-1.2.4, v5.0.0-1.4.1, v5.0.0-8.4.1, v5.0.0-15.2.3.
func TestNothingReachesTheDatabaseAroundTenancy(t *testing.T) {
	t.Parallel()
	all := load(t, "./...")
	if !slices.ContainsFunc(all, func(p *packages.Package) bool { return strings.HasSuffix(p.PkgPath, "/internal/tenancy") }) || len(all) < 12 {
		t.Fatalf("only %d packages were judged", len(all))
	}
	for _, breach := range boundary.Judge(all) {
		t.Error(breach)
	}
}

// ASVS: v5.0.0-15.2.3.
func TestEachWayAroundTenancyIsFound(t *testing.T) {
	t.Parallel()
	const dir = "internal/boundary/testdata/offender"
	found := boundary.Judge(load(t, "./"+dir))
	for _, want := range []string{
		"uses github.com/avila-devops/saas/apps/internal/postgres.Pool.Raw",
		"uses github.com/avila-devops/saas/apps/internal/postgres.OpenOwner",
		"uses github.com/avila-devops/saas/apps/internal/tenancy.Directory.Kept",
		"imports github.com/jackc/pgx/v5/pgxpool",
		"imports database/sql",
		"imports unsafe",
		"uses github.com/avila-devops/saas/apps/internal/tenant/mint.New",
		"imports github.com/avila-devops/saas/apps/internal/tenant/tenanttest",
		"imports github.com/avila-devops/saas/apps/internal/tenancytest",
		"imports github.com/avila-devops/saas/apps/internal/redistest",
		"imports github.com/avila-devops/saas/apps/internal/certtest",
		"imports github.com/avila-devops/saas/apps/internal/provisioner",
		"uses github.com/jackc/pgx/v5.Connect:",
		`has SQL that changes a session, "set role"`,
		`has SQL that changes a session, "SET app."`,
		`has SQL that changes a session, "set_config("`,
		"forged is a tenancy.Source",
	} {
		if !slices.ContainsFunc(found, func(b string) bool { return strings.HasPrefix(b, dir) && strings.Contains(b, want) }) {
			t.Errorf("%q is not found among\n%s", want, strings.Join(found, "\n"))
		}
	}
}

// TestEachStoreIsProvenAgainstAnotherTenant holds that a type whose methods
// take a tenant has a proof in its package's tests: tenancytest.Isolation for
// what keeps rows, tenanttest.Covered for what keeps anything else. Both then
// demand an attempt of each method.
//
// ASVS: v5.0.0-8.4.1.
func TestEachStoreIsProvenAgainstAnotherTenant(t *testing.T) {
	t.Parallel()
	stores := boundary.Stores(load(t, "./..."))
	if !slices.ContainsFunc(stores, func(s boundary.Store) bool { return s.Name == "DB" }) {
		t.Fatalf("tenancy.DB is not among the stores %v", stores)
	}
	for _, s := range stores {
		if !proven(t, s) {
			t.Errorf("%s.%s has methods that take a tenant, and no test of its package proves it with tenancytest.Isolation (rows) or tenanttest.Covered (anything else)", s.Package, s.Name)
		}
	}
}

func TestAStoreWithoutAProofIsFound(t *testing.T) {
	t.Parallel()
	stores := boundary.Stores(load(t, "./internal/boundary/testdata/offender"))
	if len(stores) != 1 || stores[0].Name != "Unproven" || proven(t, stores[0]) {
		t.Errorf("found %v", stores)
	}
}

func proven(t *testing.T, s boundary.Store) bool {
	t.Helper()
	tests, err := filepath.Glob(filepath.Join(s.Dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range tests {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		proof := regexp.MustCompile(`tenancytest\.Isolation\(|tenanttest\.Covered\(`)
		named := regexp.MustCompile(`\[\*?(\w+\.)?` + s.Name + `[\[\]]`)
		if proof.Match(text) && named.Match(text) {
			return true
		}
	}
	return false
}
