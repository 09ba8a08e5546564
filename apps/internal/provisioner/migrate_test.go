package provisioner_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/avila-devops/saas/apps/internal/catalogue"
	"github.com/avila-devops/saas/apps/internal/migration"
	"github.com/avila-devops/saas/apps/internal/provisioner"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

// further returns the embedded steps and one more.
func further(statements ...string) []migration.Migration {
	return append(slices.Clone(migration.Tenant), migration.Migration{Version: migration.Latest() + 1, Name: "further", Checksum: "x", Statements: statements})
}

const rooms = "create table rooms (tenant_id text not null default current_setting('app.current_tenant'), name text not null, primary key (tenant_id, name))"

func TestAStepThatForgetsRowSecurityGetsIt(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	id := w.Tenant(t)
	if changed, err := w.Provisioner.MigrateTo(t.Context(), further(rooms), 2, nil); err != nil || changed != 1 {
		t.Fatalf("changed %d: %v", changed, err)
	}
	if _, err := w.DB(t).Exec(t.Context(), id, "insert into rooms (name) values ('1')"); err != nil {
		t.Error(err)
	}
	report, err := catalogue.Verify(t.Context(), w.Pool(t, cluster.Port, 2))
	if err != nil || len(report.Findings) > 0 {
		t.Errorf("found %v: %v", report.Findings, err)
	}
	if w.Find(t, id.String()); mustNamed(t, w, id.String()) != migration.Latest()+1 {
		t.Error("the registry does not tell of the new version")
	}
}

func mustNamed(t *testing.T, w *tenancytest.World, name string) int {
	t.Helper()
	found, err := w.Directory.Named(name)
	if err != nil {
		t.Fatal(err)
	}
	return found.SchemaVersion
}

func TestOneSchemaThatFailsKeepsNoOtherBack(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	bad, good := w.Tenant(t).String(), w.Tenant(t).String()
	w.Break(t, "create table tenant_"+bad+".rooms (stands_in_the_way int)")
	changed, err := w.Provisioner.MigrateTo(t.Context(), further(rooms), 2, nil)
	if changed != 1 || err == nil || !strings.Contains(err.Error(), "migrate the schema tenant_"+bad) || !strings.Contains(err.Error(), "1 of 2 schemas failed; put right what they name and run it again") {
		t.Fatalf("changed %d: %v", changed, err)
	}
	w.Directory.Refresh(t.Context()) //nolint:errcheck // mustNamed sees what came of it
	if at := mustNamed(t, w, good); at != migration.Latest()+1 {
		t.Errorf("%s is at %d", good, at)
	}
	if at := mustNamed(t, w, bad); at != migration.Latest() {
		t.Errorf("%s is at %d", bad, at)
	}
	skew, err := w.Provisioner.Skew(t.Context())
	if err != nil || skew.At[migration.Latest()] != 1 || skew.At[migration.Latest()+1] != 1 {
		t.Errorf("skew is %+v: %v", skew, err)
	}
	w.Break(t, "drop table tenant_"+bad+".rooms")
	if changed, err := w.Provisioner.MigrateTo(t.Context(), further(rooms), 2, nil); err != nil || changed != 1 {
		t.Errorf("the second run changed %d: %v", changed, err)
	}
}

func TestARunThatIsStoppedGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	for range 4 {
		w.Tenant(t)
	}
	ctx, stop := context.WithCancel(t.Context())
	var told sync.Once
	first, err := w.Provisioner.MigrateTo(ctx, further(rooms), 1, func(done, _ int, _ string) {
		if done == 2 {
			told.Do(stop)
		}
	})
	if !errors.Is(err, context.Canceled) || first < 2 || first > 3 {
		t.Fatalf("changed %d: %v", first, err)
	}
	second, err := w.Provisioner.MigrateTo(t.Context(), further(rooms), 2, nil)
	if err != nil || first+second != 4 {
		t.Errorf("changed %d, then %d: %v", first, second, err)
	}
}

func TestTwoRunsAtOnceDoEachStepOnce(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	for range 3 {
		w.Tenant(t)
	}
	var all sync.WaitGroup
	var changed [2]int
	for i := range changed {
		all.Go(func() {
			var err error
			if changed[i], err = w.Provisioner.MigrateTo(t.Context(), further(rooms), 2, nil); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if changed[0]+changed[1] != 3 {
		t.Errorf("changed %v", changed)
	}
}

func TestAStepThatWasEditedIsRefused(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	name := w.Tenant(t).String()
	edited := further(rooms)
	edited[0].Checksum = "another"
	_, err := w.Provisioner.MigrateTo(t.Context(), edited, 1, nil)
	if !errors.Is(err, provisioner.ErrEdited) || !strings.Contains(err.Error(), "schema tenant_"+name+", 0001_people") {
		t.Errorf("error is %v", err)
	}
}

func TestPreparingAgainChangesNothing(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	if changed, err := w.Provisioner.Migrate(t.Context(), 1, nil); err != nil || changed != 0 {
		t.Errorf("changed %d: %v", changed, err)
	}
}
