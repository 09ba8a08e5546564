package spec_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/avila-devops/saas/stacks/spec"
	"github.com/avila-devops/saas/stacks/spec/spectest"
)

// database is a valid value of saas:database with text added or put in place.
func database(pairs ...string) string {
	value := `{"edition":"ENTERPRISE","tier":"db-custom-2-7680","primary":"southamerica-east1","backupRegions":["europe-west1","southamerica-east1"]}`
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == "" {
			value = strings.TrimSuffix(value, "}") + "," + pairs[i+1] + "}"
			continue
		}
		value = strings.Replace(value, pairs[i], pairs[i+1], 1)
	}
	return value
}

func TestLoadRefusesADatabaseThatCannotBe(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ key, value, want string }{
		"no primary": {"saas:database", database(`"primary":"southamerica-east1",`, ""),
			"saas:database.primary: is missing; name the region that takes writes"},
		"a primary whose region is not there": {"saas:database", database(`"primary":"southamerica-east1"`, `"primary":"europe-west9"`),
			`saas:database.primary: "europe-west9" is not among saas:regions; keep the region while it is primary; make another region primary first (docs/runbooks/failover.md)`},
		"a tier that is not made": {"saas:database", database("db-custom-2-7680", "db-custom-3-7680"),
			`saas:database.tier: "db-custom-3-7680" does not exist; write db-custom-<cores>-<MB of memory>, or db-perf-optimized-N-<cores> with 2 to 128 cores`},
		"a tier with too much memory a core": {"saas:database", database("db-custom-2-7680", "db-custom-2-16384"),
			`saas:database.tier: "db-custom-2-16384" does not exist; write db-custom-<cores>-<MB of memory>, or db-perf-optimized-N-<cores> with 2 to 128 cores`},
		"too few backups": {"saas:database", database("", `"backups":7`), `saas:database.backups: "7" is out of range; use 30 to 365`},
		"logs for longer than the edition has": {"saas:database", database("", `"logDays":14`),
			`saas:database.logDays: "14" is out of range; use 1 to 7`},
		"a disk that may not even start": {"saas:database", database("", `"diskGb":100,"diskLimitGb":50`),
			`saas:database.diskLimitGb: "50" is out of range; use 100 to 65536`},
		"backups beside what they are of": {"saas:database", database(`"backupRegions":["europe-west1","southamerica-east1"]`, `"backupRegions":["europe-west1"]`),
			"saas:database.backupRegions: has no second place for backups of europe-west1; list a region that is not europe-west1: the loss of a region must not take its backups along"},
		"backups in a country without a basis": {"saas:database", database(`"backupRegions":["europe-west1",`, `"backupRegions":["southamerica-west1",`),
			"saas:database.backupBasis: is missing: southamerica-west1 is in Chile; write the basis under LGPD art. 33 for keeping backups there, or choose a region in Brazil or the European Union"},
		"a quarter without maintenance": {"saas:database", database("", `"quiet":{"from":"10-01","to":"01-05"}`),
			`saas:database.quiet: "10-01 to 01-05" has 97 days; Cloud SQL allows 90`},
		"a day that no year has": {"saas:database", database("", `"quiet":{"from":"02-30"}`),
			`saas:database.quiet.from: "02-30" is not a day of the year; write month-day, like 11-20`},
		"a failover to itself": {"saas:database", database("", `"former":[{"region":"southamerica-east1","state":"kept"}]`),
			`saas:database.former[0].region: "southamerica-east1" follows itself as primary; list a region when another takes over from it`},
		"a failover without a state": {"saas:database", database("", `"former":[{"region":"europe-west1"}]`),
			"saas:database.former[0].state: is missing; set one of lost, kept, released, gone"},
		"the promoted replica among those that are left": {"saas:database", database("", `"former":[{"region":"europe-west1","replicas":["southamerica-east1"],"state":"kept"}]`),
			`saas:database.former[0].replicas: "southamerica-east1" was promoted; list the replicas that are left`},
		"a region that goes before its instances": {"saas:database", database("", `"former":[{"region":"europe-west9","state":"released"}]`),
			`saas:database.former[0]: "europe-west9" still has instances and is not among saas:regions; keep the region until the state is gone`},
		"three generations of certificates": {"saas:database", database("", `"certificates":[1,2,3]`),
			`saas:database.certificates: "[1 2 3]" is not one generation or two; write [1], or [1, 2] while the second takes over`},
		"write pools past the limit": {"saas:pooler", `{"poolSize":{"write":40}}`,
			`saas:pooler.poolSize.write: "40" takes the primary past its 400 connections: 2 regions × 6 poolers × (40 + 2 for logins) + 30 kept back = 534; use smaller pools, fewer poolers, or a saas:database.tier with more memory than 7680 MB`},
		"read pools past the limit": {"saas:pooler", `{"poolSize":{"read":70}}`,
			`saas:pooler.poolSize.read: "70" takes a replica past its 400 connections: 1 regions × 6 poolers × (70 + 2 for logins) + 30 kept back = 462; use smaller pools, fewer poolers, or a saas:database.tier with more memory than 7680 MB`},
		"one pooler alone": {"saas:pooler", `{"replicas":{"min":1}}`, `saas:pooler.replicas.min: "1" is out of range; use 2 to 20`},
		"snapshots at a time that is not offered": {"saas:cache", `{"snapshots":"WEEKLY"}`,
			`saas:cache.snapshots: "WEEKLY" is not allowed; use one of ONE_HOUR, SIX_HOURS, TWELVE_HOURS, TWENTY_FOUR_HOURS`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := spec.Load(spectest.With(t, row.key, row.value))
			if err == nil || !strings.Contains("\n"+err.Error()+"\n", "\n"+row.want+"\n") {
				t.Errorf("the error is\n%v\nwant the line\n%s", err, row.want)
			}
		})
	}
}

func TestConnectionsFollowTheMemory(t *testing.T) {
	t.Parallel()
	for tier, want := range map[string]int{
		"db-custom-1-3840": 100, "db-custom-2-6144": 200, "db-custom-2-7424": 200, "db-custom-2-7680": 400, "db-custom-4-15360": 500,
		"db-perf-optimized-N-2": 500, "db-perf-optimized-N-4": 600, "db-perf-optimized-N-8": 800, "db-perf-optimized-N-16": 1000, "db-perf-optimized-N-3": 0,
	} {
		if got := (spec.Database{Tier: tier}).MaxConnections(); got != want {
			t.Errorf("%s allows %d connections, want %d", tier, got, want)
		}
	}
}

func TestWhatLoadAcceptsFitsUnderTheLimit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		text := fmt.Sprintf(`{"replicas":{"min":2,"max":%d},"poolSize":{"write":%d,"read":%d},"reserve":%d}`,
			rapid.IntRange(2, 50).Draw(r, "max"), rapid.IntRange(1, 500).Draw(r, "write"), rapid.IntRange(1, 500).Draw(r, "read"), rapid.IntRange(5, 200).Draw(r, "reserve"))
		env, err := spec.Load(spectest.With(t, "saas:pooler", text))
		if err != nil {
			return
		}
		for _, budget := range []spec.Connections{env.PrimaryConnections(), env.ReplicaConnections()} {
			if budget.Need() > budget.Limit {
				r.Fatalf("%s is accepted and needs %d of %d connections", text, budget.Need(), budget.Limit)
			}
		}
	})
}

func load(t *testing.T, pairs ...string) *spec.Environment {
	t.Helper()
	env, err := spec.Load(spectest.With(t, pairs...))
	if err != nil {
		t.Fatal(err)
	}
	return env
}

// lineage writes instances down as name<master, with what is special of them.
func lineage(env *spec.Environment) string {
	var all []string
	for _, instance := range env.Instances() {
		text := instance.Name
		if instance.Master != "" {
			text += "<" + instance.Master
		}
		if instance.Retired {
			text += " retired"
		}
		if !instance.Protect {
			text += " open"
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

func TestAFailoverKeepsEveryNameAndAddsReplicas(t *testing.T) {
	t.Parallel()
	const east, west = `"primary":"southamerica-east1"`, `"primary":"europe-west1"`
	for state, want := range map[string]string{
		"": "southamerica-east1, southamerica-east1-r1<southamerica-east1, europe-west1-r1<southamerica-east1",
		"lost": "southamerica-east1 retired, southamerica-east1-r1<southamerica-east1 retired, " +
			"europe-west1-r1, europe-west1-r2<europe-west1-r1",
		"kept": "southamerica-east1 retired, southamerica-east1-r1<southamerica-east1 retired, " +
			"europe-west1-r1, southamerica-east1-r2<europe-west1-r1, europe-west1-r2<europe-west1-r1",
		"released": "southamerica-east1 retired open, southamerica-east1-r1<southamerica-east1 retired open, " +
			"europe-west1-r1, southamerica-east1-r2<europe-west1-r1, europe-west1-r2<europe-west1-r1",
		"gone": "europe-west1-r1, southamerica-east1-r2<europe-west1-r1, europe-west1-r2<europe-west1-r1",
	} {
		value := database()
		if state != "" {
			value = database(east, west, "", `"former":[{"region":"southamerica-east1","replicas":["southamerica-east1"],"state":"`+state+`"}]`)
		}
		if got := lineage(load(t, "saas:database", value)); got != want {
			t.Errorf("%s:\n got %s\nwant %s", state, got, want)
		}
	}
	back := load(t, "saas:database", database("", `"former":[{"region":"southamerica-east1","state":"gone"},{"region":"europe-west1","replicas":["europe-west1"],"state":"kept"}]`))
	const want = "europe-west1-r1 retired, europe-west1-r2<europe-west1-r1 retired, " +
		"southamerica-east1-r2, southamerica-east1-r3<southamerica-east1-r2, europe-west1-r3<southamerica-east1-r2"
	if got := lineage(back); got != want {
		t.Errorf("back again:\n got %s\nwant %s", got, want)
	}
}

func TestALostRegionKeepsWhatItTalkedTo(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]string{
		"lost": "southamerica-east1 southamerica-east1-r1 europe-west1-r1 europe-west1-r2",
		"kept": "europe-west1-r1 southamerica-east1-r2 europe-west1-r1 europe-west1-r2",
	} {
		env := load(t, "saas:database", database(`"primary":"southamerica-east1"`, `"primary":"europe-west1"`, "",
			`"former":[{"region":"southamerica-east1","replicas":["southamerica-east1"],"state":"`+state+`"}]`))
		var got []string
		for _, region := range env.Regions {
			got = append(got, env.Writer(region.Name), env.Reader(region.Name))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: writers and readers are %v, want %s", state, got, want)
		}
		if at := env.Database.BackupRegion(env.Database.Primary); at != "southamerica-east1" {
			t.Errorf("%s: backups of the new primary lie in %s", state, at)
		}
	}
}

func TestTheFirstInstanceAloneFoundsTheDatabase(t *testing.T) {
	t.Parallel()
	env := load(t)
	founders := slices.DeleteFunc(env.Instances(), func(i spec.Instance) bool { return !i.Founder })
	if len(founders) != 1 || founders[0].Name != "southamerica-east1" || fmt.Sprint(founders[0].Clients) != "[europe-west1 southamerica-east1]" {
		t.Errorf("founders are %+v", founders)
	}
}
