package catalogue_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/avila-devops/saas/apps/internal/catalogue"
	"github.com/avila-devops/saas/apps/internal/postgres"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

var cluster *postgrestest.Cluster

func TestMain(m *testing.M) {
	os.Exit(postgrestest.Main(m, func(c *postgrestest.Cluster) { cluster = c }))
}

// verify judges a world as the services' login.
func verify(t *testing.T, w *tenancytest.World) []string {
	t.Helper()
	report, err := catalogue.Verify(t.Context(), w.Pool(t, cluster.Port, 2))
	if err != nil {
		t.Fatal(err)
	}
	if report.Schemas == 0 || report.Tables < 10*report.Schemas {
		t.Errorf("only %d tables of %d schemas were probed", report.Tables, report.Schemas)
	}
	found := make([]string, 0, len(report.Findings))
	for _, f := range report.Findings {
		found = append(found, f.String())
	}
	return found
}

func TestWhatIsProvisionedIsSound(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	id := w.Tenant(t)
	w.Tenant(t)
	if _, err := w.Provisioner.Refill(t.Context(), 1, 1, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := w.DB(t).Exec(t.Context(), id, "insert into patients (name) values ('Ana')"); err != nil {
		t.Fatal(err)
	}
	if found := verify(t, w); len(found) > 0 {
		t.Errorf("found:\n%s", strings.Join(found, "\n"))
	}
}

// TestATableThatIsBrokenIsFound breaks one table, or what is around it, in
// each way that would let rows out. S stands for the tenant's schema.
//
// ASVS: v5.0.0-8.4.1.
func TestATableThatIsBrokenIsFound(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ broken, want string }{
		"no tenant_id":             {"create table S.x (id int); alter table S.x enable row level security, force row level security", "S.x has no column tenant_id of type text that is not null"},
		"tenant_id may be null":    {"alter table S.figures drop constraint figures_pkey; alter table S.figures alter tenant_id drop not null", "S.figures has no column tenant_id of type text that is not null"},
		"no row security":          {"alter table S.patients disable row level security", "S.patients has no row level security"},
		"not forced":               {"alter table S.patients no force row level security", "S.patients does not force row level security on its owner"},
		"no policy":                {"drop policy tenant_isolation on S.patients", "S.patients has no policy tenant_isolation for all commands and all roles"},
		"policy for reads only":    {"drop policy tenant_isolation on S.patients; create policy tenant_isolation on S.patients for select using (tenant_id = current_setting('app.current_tenant'))", "S.patients has no policy tenant_isolation for all commands and all roles"},
		"policy for one role":      {"alter policy tenant_isolation on S.patients to tenants", "S.patients has no policy tenant_isolation for all commands and all roles"},
		"policy shows all":         {"alter policy tenant_isolation on S.patients using (true)", "S.patients has a policy tenant_isolation that shows rows by true"},
		"policy without check":     {"drop policy tenant_isolation on S.patients; create policy tenant_isolation on S.patients using (tenant_id = current_setting('app.current_tenant'))", "S.patients has a policy tenant_isolation that checks what is written by nothing"},
		"policy checks nothing":    {"alter policy tenant_isolation on S.patients with check (true)", "S.patients has a policy tenant_isolation that checks what is written by true"},
		"a setting that may lack":  {"alter policy tenant_isolation on S.patients using (tenant_id = coalesce(current_setting('app.current_tenant', true), tenant_id))", "S.patients has a policy tenant_isolation that shows rows by (tenant_id = COALESCE("},
		"a further policy":         {"create policy support on S.patients using (true)", "S.patients has the further policy support, which lets more rows through"},
		"no leading index":         {"alter table S.figures drop constraint figures_pkey", "S.figures has no index that begins with tenant_id"},
		"index on the other side":  {"alter table S.figures drop constraint figures_pkey; create unique index on S.figures (day, tenant_id)", "S.figures has no index that begins with tenant_id"},
		"a partial index":          {"alter table S.figures drop constraint figures_pkey; create index on S.figures (tenant_id) where value > 0", "S.figures has no index that begins with tenant_id"},
		"granted to everybody":     {"grant select on S.patients to public", "S.patients is granted to everybody"},
		"granted to the login":     {"grant select on S.patients to app", "S.patients is granted to app"},
		"read by the bare login":   {"grant usage on schema S to app; grant select on S.patients to app", "S.patients may be read by the login app without being a tenant"},
		"granted to all tenants":   {"grant select on S.patients to tenants", "S.patients is granted to tenants"},
		"a schema for everybody":   {"grant usage on schema S to public", "S is granted to everybody"},
		"a schema to write in":     {"grant create on schema S to S", "S lets its role make tables"},
		"a materialized view":      {"create materialized view S.m as select 1 as one", "S.m is a materialized view, which row level security does not reach; keep a table instead"},
		"a view of its owner":      {"create view S.v as select * from S.patients", "S.v is a view that reads as its owner; make it with (security_invoker = true)"},
		"a definer's function":     {"create function S.f() returns int language sql security definer as 'select 1'", "S.f is a function that runs as its owner (security definer)"},
		"a role that logs in":      {"alter role S login", "S is a role that can log in, or has a power that no tenant has"},
		"a role with another role": {"create role O; grant O to S", "S is a role with the further role O"},
		"a role that another has":  {"create role O; grant S to O", "S is a role that O may take"},
		"a schema without tenant":  {"create schema S2; create role S2", "S2 is a schema of no tenant in the registry"},
		"suspended by name alone":  {"update prod.tenants set state = 'suspended' where 'tenant_' || id = 'S'", "S is suspended in the registry and app may still take its role"},
		"erased by name alone":     {"update prod.tenants set state = 'erased' where 'tenant_' || id = 'S'", "S is erased in the registry and its schema is still there"},
		"closed by hand":           {"revoke S from app", "S is active in the registry and app may not take its role"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := tenancytest.New(t, cluster)
			schema := "tenant_" + w.Tenant(t).String()
			w.Tenant(t) // another, sound one
			named := strings.NewReplacer("S.", schema+".", "S ", schema+" ", "S2", schema+"2", "'S'", "'"+schema+"'", " O;", " o"+schema+";", " O ", " o"+schema+" ")
			for _, sql := range strings.Split(row.broken, "; ") {
				w.Break(t, strings.TrimSpace(named.Replace(sql+" ")))
			}
			want := strings.TrimSpace(named.Replace(row.want + " "))
			for _, found := range verify(t, w) {
				if strings.HasPrefix(found, want) {
					return
				}
			}
			t.Errorf("nothing found that says %q, but:\n%s", want, strings.Join(verify(t, w), "\n"))
		})
	}
}

func TestALoginThatSeesEverythingMayNotJudge(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	owner, err := postgres.OpenOwner(t.Context(), w.Settings(t, cluster.Port, postgrestest.Provisioner, 2))
	if err != nil {
		t.Fatal(err)
	}
	defer owner.Close()
	if _, err := catalogue.Verify(t.Context(), owner); !errors.Is(err, postgres.ErrLogin) {
		t.Errorf("the owner's judgement is %v", err)
	}
}

func TestTheProbeSeesWhatTheCatalogueDoesNot(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	id := w.Tenant(t)
	if _, err := w.DB(t).Exec(t.Context(), id, "insert into patients (name) values ('Ana')"); err != nil {
		t.Fatal(err)
	}
	w.Break(t, fmt.Sprintf("alter table tenant_%s.patients disable row level security", id))
	found := strings.Join(verify(t, w), "\n")
	if want := fmt.Sprintf("tenant_%s.patients shows rows to whoever names another tenant", id); !strings.Contains(found, want) {
		t.Errorf("found:\n%s\nwithout %q", found, want)
	}
}
