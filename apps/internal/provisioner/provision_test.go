package provisioner_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/avila-devops/saas/apps/internal/provisioner"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

func order(name string) provisioner.Order {
	return provisioner.Order{Name: name, Host: "cliente-" + name + ".aviladevops.com.br"}
}

func TestATenantFromASpareIsLikeOneFromNothing(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	if made, err := w.Provisioner.Refill(t.Context(), 1, 1, nil); err != nil || made != 1 {
		t.Fatalf("made %d spares: %v", made, err)
	}
	db, described := w.DB(t), map[bool]string{}
	for range 2 {
		name := cluster.Tenant()
		made, err := w.Provisioner.Provision(t.Context(), order(name))
		if err != nil {
			t.Fatal(err)
		}
		id := w.Find(t, name)
		if _, err := db.Exec(t.Context(), id, "insert into patients (name) values ('Ana')"); err != nil {
			t.Fatal(err)
		}
		var tables string
		err = db.QueryRow(t.Context(), id, `select string_agg(c.relname || array_to_string(array(select privilege_type from aclexplode(c.relacl) a where a.grantee = current_user::regrole order by 1), ','), ';' order by c.relname)
			from pg_class c where c.relnamespace = current_schema()::regnamespace`).Scan(&tables)
		if err != nil {
			t.Fatal(err)
		}
		described[made.FromSpare] = tables
	}
	if len(described) != 2 || described[true] != described[false] || !strings.Contains(described[true], "patientsDELETE,INSERT,SELECT,UPDATE") {
		t.Errorf("from a spare: %s\nfrom nothing: %s", described[true], described[false])
	}
}

// ASVS: v5.0.0-2.3.4.
func TestASpareIsGivenOnce(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	const n = 4
	if _, err := w.Provisioner.Refill(t.Context(), n, 2, nil); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range n {
		name := cluster.Tenant()
		all.Go(func() {
			made, err := w.Provisioner.Provision(t.Context(), order(name))
			if err != nil || !made.FromSpare {
				t.Errorf("%s from a spare is %v: %v", name, made.FromSpare, err)
			}
		})
	}
	all.Wait()
	if left, err := w.Provisioner.Spares(t.Context()); err != nil || left != 0 {
		t.Errorf("%d spares are left: %v", left, err)
	}
}

func TestWhatCannotBeATenantIsRefused(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	there := w.Tenant(t).String()
	for name, row := range map[string]struct {
		order provisioner.Order
		want  error
		text  string
	}{
		"a capital":         {provisioner.Order{Name: "A", Host: "a.example"}, provisioner.ErrName, `not a tenant's name: "A"; use 1 to 30 lower-case letters and digits, a letter first`},
		"a quote":           {provisioner.Order{Name: `a";drop`, Host: "a.example"}, provisioner.ErrName, "not a tenant's name"},
		"a long name":       {provisioner.Order{Name: strings.Repeat("a", 31), Host: "a.example"}, provisioner.ErrName, "not a tenant's name"},
		"no host":           {provisioner.Order{Name: "a"}, tenancy.ErrHost, "not a host name"},
		"a host's capitals": {provisioner.Order{Name: "a", Host: "A.example"}, tenancy.ErrHost, `write "A.example" as "a.example"`},
		"a host with port":  {provisioner.Order{Name: "a", Host: "a.example:443"}, tenancy.ErrHost, `write "a.example:443" as "a.example"`},
		"a name once more":  {order(there), provisioner.ErrExists, "names and hosts are never given again"},
		"a host once more":  {provisioner.Order{Name: cluster.Tenant(), Host: order(there).Host}, provisioner.ErrExists, "names and hosts are never given again"},
		"a plan unknown":    {provisioner.Order{Name: cluster.Tenant(), Host: "p.example", Plan: "free"}, nil, "tenants_plan_check"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := w.Provisioner.Provision(t.Context(), row.order)
			if err == nil || row.want != nil && !errors.Is(err, row.want) || !strings.Contains(err.Error(), row.text) {
				t.Errorf("error is %v, without %q", err, row.text)
			}
		})
	}
}

// ASVS: v5.0.0-2.3.3.
func TestARefusedTenantLeavesNothing(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	name := cluster.Tenant()
	o := order(name)
	o.Plan = "free" // refused by the last statement of all
	if _, err := w.Provisioner.Provision(t.Context(), o); err == nil {
		t.Fatal("no error")
	}
	var left int
	if err := w.Owner.Raw().QueryRow(t.Context(), "select (select count(*) from pg_roles where rolname = $1) + (select count(*) from pg_namespace where nspname = $1)", "tenant_"+name).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d things are left: %v", left, err)
	}
}

// ASVS: v5.0.0-6.3.2.
func TestTheFirstUserIsAdminOfItsOwnTenant(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	name := cluster.Tenant()
	o := order(name)
	o.Admin = &provisioner.Admin{Name: "Bia", Email: "Bia@example.com", PasswordHash: "$argon2id$v=19$m=47104,t=1,p=1$x$y"}
	made, err := w.Provisioner.Provision(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	var login, email, role string
	if err := w.DB(t).QueryRow(t.Context(), w.Find(t, name), "select login, email, role from users").Scan(&login, &email, &role); err != nil {
		t.Fatal(err)
	}
	if login != made.Login || login != "cliente_"+name+"_admin" || email != "bia@example.com" || role != "admin" {
		t.Errorf("the first user is %s, %s, %s", login, email, role)
	}
}

func TestDatabasesOfOneServerArePreparedAtOnce(t *testing.T) {
	t.Parallel()
	var worlds [6]*tenancytest.World
	for i := range worlds {
		worlds[i] = tenancytest.New(t, cluster)
	}
	var all sync.WaitGroup
	for _, w := range worlds {
		all.Go(func() {
			for range 5 { // often enough that some of them meet
				if err := w.Provisioner.Prepare(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
}
