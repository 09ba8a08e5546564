package spec_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/avila-devops/saas/stacks/spec"
	"github.com/avila-devops/saas/stacks/spec/spectest"
)

// audited is a valid saas:audit with one part in the place of another.
func audited(old, fresh string) string {
	const valid = `{"alerts":["a@example.com"],"contacts":[{"email":"all@example.com","categories":["ALL"]}],` +
		`"logDays":365,"lockLogs":true,"budget":{"billingAccount":"01A2B3-C4D5E6-F70819","monthlyBrl":1000}}`
	if strings.Count(valid, old) != 1 {
		panic("the valid audit does not hold " + old + " once")
	}
	return strings.Replace(valid, old, fresh, 1)
}

func TestWhoIsToldAndWhatIsKeptIsNeverGuessed(t *testing.T) {
	t.Parallel()
	var many []string
	for i := range 99 {
		many = append(many, fmt.Sprintf(`{"id":"t%d"}`, i))
	}
	for name, row := range map[string]struct {
		key, value string
		kind       error
		want       string
	}{
		"nobody to tell": {"saas:audit", audited(`"alerts":["a@example.com"],`, ``), spec.ErrMissing,
			"saas:audit.alerts: is missing; name at least one e-mail address that somebody reads"},
		"an alert to a word": {"saas:audit", audited(`"a@example.com"`, `"me"`), spec.ErrInvalid,
			`saas:audit.alerts[0]: "me" is not an e-mail address; write it like alerts@example.com.br`},
		"an address twice": {"saas:audit", audited(`["a@example.com"]`, `["a@example.com","a@example.com"]`), spec.ErrDuplicate,
			`saas:audit.alerts[1]: "a@example.com" is already saas:audit.alerts[0]; list each address once`},
		"six addresses": {"saas:audit", audited(`["a@example.com"]`, `["a@e.com","b@e.com","c@e.com","d@e.com","e@e.com","f@e.com"]`), spec.ErrInvalid,
			`saas:audit.alerts: "a@e.com, b@e.com, c@e.com, d@e.com, e@e.com, f@e.com" has 6 addresses; name at most 5; write to a group to reach more people`},
		"nobody for the law": {"saas:audit", audited(`["ALL"]`, `["BILLING","SECURITY","SUSPENSION","TECHNICAL"]`), spec.ErrMissing,
			"saas:audit.contacts: has nobody for LEGAL; add the category to a contact"},
		"a category of our own": {"saas:audit", audited(`["ALL"]`, `["ALL","GOSSIP"]`), spec.ErrInvalid,
			`saas:audit.contacts[0].categories[1]: "GOSSIP" is not allowed; use one of ALL, BILLING, LEGAL, PRODUCT_UPDATES, SECURITY, SUSPENSION, TECHNICAL, TECHNICAL_INCIDENTS`},
		"a contact for nothing": {"saas:audit", audited(`,"categories":["ALL"]`, ``), spec.ErrMissing,
			"saas:audit.contacts[0].categories: is missing; say what the contact is told of"},
		"a contact in words": {"saas:audit", audited(`"categories":["ALL"]`, `"categories":["ALL"],"language":"Portuguese"`), spec.ErrInvalid,
			`saas:audit.contacts[0].language: "Portuguese" is not a language tag; write it like pt-BR`},
		"logs of a month": {"saas:audit", audited(`"logDays":365`, `"logDays":30`), spec.ErrInvalid,
			`saas:audit.logDays: "30" is out of range; use 365 to 36500`},
		"a lock that nobody chose": {"saas:audit", audited(`"lockLogs":true,`, ``), spec.ErrMissing,
			"saas:audit.lockLogs: is missing; set true where logs are evidence, false where the environment must be torn down again; docs/adr/0006 says what follows"},
		"a budget of nobody": {"saas:audit", audited(`"01A2B3-C4D5E6-F70819"`, `"main"`), spec.ErrInvalid,
			`saas:audit.budget.billingAccount: "main" is not a billing account; gcloud billing accounts list prints it, like 01A2B3-C4D5E6-F70819`},
		"a budget of nothing": {"saas:audit", audited(`"monthlyBrl":1000`, `"monthlyBrl":0`), spec.ErrInvalid,
			`saas:audit.budget.monthlyBrl: "0" is out of range; use 1 to 100000000`},
		"copies that nobody keeps": {"saas:backup", `{"lockDays":7}`, spec.ErrInvalid,
			`saas:backup.retainDays: "0" is out of range; use 7 to 365`},
		"copies without a lock": {"saas:backup", `{"retainDays":30}`, spec.ErrInvalid,
			`saas:backup.lockDays: "0" is out of range; use 7 to 90`},
		"a lock beyond the copies": {"saas:backup", `{"retainDays":30,"lockDays":31}`, spec.ErrInvalid,
			`saas:backup.retainDays: "30" is out of range; use 31 to 365`},
		"a schedule of each minute": {"saas:backup", `{"retainDays":30,"lockDays":7,"schedule":"* * * * *"}`, spec.ErrInvalid,
			`saas:backup.schedule: "* * * * *" is not a daily or weekly schedule; write minute, hour, * * and a day of the week or *, like 10 6 * * *`},
		"an environment of nobody": {"saas:ownership", `{"costCentre":"saas"}`, spec.ErrMissing,
			"saas:ownership.owner: is missing; use up to 63 lower-case letters, digits, hyphens and underscores"},
		"an owner that is no label": {"saas:ownership", `{"owner":"Plataforma & Cia","costCentre":"saas"}`, spec.ErrInvalid,
			`saas:ownership.owner: "Plataforma & Cia" is not a label; use up to 63 lower-case letters, digits, hyphens and underscores`},
		"more hosts than can be checked": {"saas:tenants", "[" + strings.Join(many, ",") + "]", spec.ErrInvalid,
			"saas:tenants: has 101 public hosts with the platform's own; a project can check 100 of them from outside; give the tenants beyond them a stack in a project of its own"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := spec.Load(spectest.With(t, row.key, row.value))
			if err == nil {
				t.Fatalf("Load accepts %s = %s", row.key, row.value)
			}
			if !errors.Is(err, row.kind) || !strings.Contains("\n"+err.Error()+"\n", "\n"+row.want+"\n") {
				t.Errorf("the error is\n%v\nwant the line\n%s", err, row.want)
			}
		})
	}
	if _, err := spec.Load(spectest.With(t, "saas:audit", audited("365", "366"))); err != nil {
		t.Errorf("the fixture of these rows is wrong: %v", err)
	}
}

func TestHostsAreCheckedByWhatTheyAre(t *testing.T) {
	t.Parallel()
	env, err := spec.Load(spectest.With(t, "saas:tenants", `[{"id":"a"},{"id":"b","state":"suspended"},{"id":"c","host":"loja"}]`))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]spec.WatchedHost{
		"site":     {Host: "example.com.br"},
		"cdn":      {Host: "cdn.example.com.br", Empty: true},
		"tenant-a": {Host: "cliente-a.example.com.br", Tenant: "a"},
		"tenant-c": {Host: "loja.example.com.br", Tenant: "c"},
	}
	got := env.WatchedHosts()
	if len(got) != len(want) {
		t.Errorf("the hosts are %v, want %v", got, want)
	}
	for key, host := range want {
		if got[key] != host {
			t.Errorf("%s is %+v, want %+v", key, got[key], host)
		}
	}
	if env.Audit.Contacts[0].Language != "pt-BR" || env.Backup.Schedule != "10 6 * * *" {
		t.Errorf("left out were filled in as %q and %q", env.Audit.Contacts[0].Language, env.Backup.Schedule)
	}
}

func TestATenantsAccountFitsAndIsItsOwn(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 29)
	ids := []string{"a", "demo", strings.Repeat("b", 23), strings.Repeat("b", 24), long + "a", long + "b"}
	var accounts []string
	for _, id := range ids {
		account := spec.Tenant{ID: id}.AccountID()
		if len(account) < 6 || len(account) > 30 {
			t.Errorf("the account of %s is %s, of %d characters; IAM wants 6 to 30", id, account, len(account))
		}
		if slices.Contains(accounts, account) {
			t.Errorf("%s shares the account %s", id, account)
		}
		accounts = append(accounts, account)
	}
	if accounts[0] != "tenant-a" {
		t.Errorf("the account of a is %s", accounts[0])
	}
	if folder := (spec.Tenant{ID: "a"}).Folder(); folder != "media/tenant_a/" {
		t.Errorf("the folder of a is %s", folder)
	}
}
