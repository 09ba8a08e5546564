package spec_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/avila-devops/saas/stacks/spec"
	"github.com/avila-devops/saas/stacks/spec/spectest"
)

func TestTheStackFilesOfThisRepositoryLoad(t *testing.T) {
	t.Parallel()
	for stack, regions := range map[string]int{"staging": 1, "prod": 2} {
		env, err := spec.Load(spectest.StackFile(t, stack))
		if err != nil {
			t.Errorf("%s: %v", stack, err)
			continue
		}
		if len(env.Regions) != regions || !env.Protected() {
			t.Errorf("%s: %d regions, protected %v; want %d and true", stack, len(env.Regions), env.Protected(), regions)
		}
	}
}

func TestLoadFillsInWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	env, err := spec.Load(spectest.With(t))
	if err != nil {
		t.Fatal(err)
	}
	landing := env.Services["landing"]
	if landing.Replicas != (spec.Replicas{Min: 3, Max: 50, CPU: 70}) || landing.Strategy != spec.Rolling {
		t.Errorf("landing runs %+v, %s; want 3 to 50 at 70 %%, rolling", landing.Replicas, landing.Strategy)
	}
	if tenant := env.Tenants[0]; tenant.Host != "cliente-a" || tenant.Plan != spec.Pooled || tenant.State != spec.Active {
		t.Errorf("tenant a is %+v; want host cliente-a, pooled, active", tenant)
	}
	if got, want := env.Image("landing"), "southamerica-east1-docker.pkg.dev/example-test/apps/landing@sha256:"+strings.Repeat("a", 64); got != want {
		t.Errorf("image is %s, want %s", got, want)
	}
	if env.Database.Version != "POSTGRES_17" || env.Database.Backups != 30 {
		t.Errorf("database is %+v; want POSTGRES_17 and 30 backups", env.Database)
	}
}

const secondRegion = `[{"name":"southamerica-east1","cidr":"10.16.0.0/14","zones":["southamerica-east1-a","southamerica-east1-b","southamerica-east1-c"]},%]`

// Each row changes one thing of a valid configuration, and states the whole
// message.
// ownKeys lists the keys of the configuration as a message does.
func ownKeys() string {
	var names []string
	for _, key := range spec.Keys() {
		if name, ours := strings.CutPrefix(key, spec.Namespace+":"); ours {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	second := func(region string) string { return strings.Replace(secondRegion, "%", region, 1) }
	for name, row := range map[string]struct {
		key, value string
		kind       error
		want       string
	}{
		"an unknown key": {"saas:regionz", "[]", spec.ErrUnknownKey,
			"saas:regionz: is not a key that this program reads; use one of " + ownKeys()},
		"an unknown key inside a value": {"saas:cache", `{"memory":5}`, spec.ErrUnknownKey,
			"saas:cache.memory: is not a key that this program reads; use one of version, memoryGb, replicas, snapshots"},
		"a wrong type": {"saas:cache", `{"memoryGb":"five"}`, spec.ErrType,
			`saas:cache.memoryGb: "five" is not an integer; see the key's type in Pulumi.yaml`},
		"a fraction for an integer": {"saas:cache", `{"memoryGb":5.5}`, spec.ErrType,
			`saas:cache.memoryGb: "5.5" is not an integer; see the key's type in Pulumi.yaml`},
		"a scalar for a list": {"saas:regions", `southamerica-east1`, spec.ErrType,
			`saas:regions: "southamerica-east1" is not an array; see the key's type in Pulumi.yaml`},
		"text for a switch": {"saas:deletionProtection", `perhaps`, spec.ErrType,
			`saas:deletionProtection: "perhaps" is not a boolean; see the key's type in Pulumi.yaml`},
		"overlapping blocks": {"saas:regions", second(`{"name":"europe-west1","cidr":"10.16.0.0/14","zones":["europe-west1-b","europe-west1-c","europe-west1-d"]}`), spec.ErrOverlap,
			`saas:regions[1].cidr: "10.16.0.0/14" overlaps saas:regions[0].cidr 10.16.0.0/14; give each region a /14 of its own`},
		"a block with bits past its prefix": {"saas:regions", second(`{"name":"europe-west1","cidr":"10.21.0.0/14","zones":["europe-west1-b","europe-west1-c","europe-west1-d"]}`), spec.ErrInvalid,
			`saas:regions[1].cidr: "10.21.0.0/14" has bits set past its prefix; write 10.20.0.0/14`},
		"a public block": {"saas:regions", second(`{"name":"europe-west1","cidr":"8.8.0.0/14","zones":["europe-west1-b","europe-west1-c","europe-west1-d"]}`), spec.ErrInvalid,
			`saas:regions[1].cidr: "8.8.0.0/14" is not a region's block; write a /14 inside 10.0.0.0/8, like 10.16.0.0/14`},
		"an unknown region": {"saas:regions", second(`{"name":"us-east1","cidr":"10.20.0.0/14","zones":["us-east1-b","us-east1-c","us-east1-d"]}`), spec.ErrInvalid,
			`saas:regions[1].name: "us-east1" is not allowed; use one of europe-southwest1, europe-west1, europe-west3, europe-west4, europe-west9, southamerica-east1, southamerica-west1`},
		"a region abroad without a basis": {"saas:regions", second(`{"name":"southamerica-west1","cidr":"10.20.0.0/14","zones":["southamerica-west1-a","southamerica-west1-b","southamerica-west1-c"]}`), spec.ErrMissing,
			`saas:regions[1].transferBasis: is missing: southamerica-west1 is in Chile; write the basis under LGPD art. 33 for keeping personal data there, or choose a region in Brazil or the European Union`},
		"a zone of another region": {"saas:regions", second(`{"name":"europe-west1","cidr":"10.20.0.0/14","zones":["europe-west4-a","europe-west1-c","europe-west1-d"]}`), spec.ErrInvalid,
			`saas:regions[1].zones[0]: "europe-west4-a" is not a zone of europe-west1; write it like europe-west1-a`},
		"a duplicate tenant": {"saas:tenants", `[{"id":"a"},{"id":"a","host":"other"}]`, spec.ErrDuplicate,
			`saas:tenants[1].id: "a" is already saas:tenants[0]; give each tenant an id of its own; ids are never used again`},
		"two tenants on one host": {"saas:tenants", `[{"id":"a"},{"id":"b","host":"cliente-a"}]`, spec.ErrDuplicate,
			`saas:tenants[1].host: "cliente-a" is already the host of saas:tenants[0]; give each tenant a host of its own`},
		"a malformed tenant id": {"saas:tenants", `[{"id":"A; drop"}]`, spec.ErrInvalid,
			`saas:tenants[0].id: "A; drop" is not a tenant id; use 1 to 30 lower-case letters and digits, a letter first`},
		"a tenant on the platform's host": {"saas:tenants", `[{"id":"a","host":"www"}]`, spec.ErrInvalid,
			`saas:tenants[0].host: "www" is used by the platform; choose another label under example.com.br`},
		"an image without a digest": {"saas:images", `{"landing":"latest"}`, spec.ErrInvalid,
			`saas:images.landing: "latest" is not an image digest; make images builds it and writes its digest`},
		"a service without an image": {"saas:images", `{}`, spec.ErrMissing,
			`saas:images.landing: is missing: a service is deployed by digest only; make images builds it and writes its digest`},
		"a tier of another edition": {"saas:database", `{"edition":"ENTERPRISE","tier":"db-perf-optimized-N-4","primary":"southamerica-east1","backupRegions":["europe-west1","southamerica-east1"]}`, spec.ErrInvalid,
			`saas:database.tier: "db-perf-optimized-N-4" is not a tier of ENTERPRISE; use one that starts with db-custom-`},
		"an authority that is none": {"saas:certificates", `{"directory":"zerossl","contact":"a@example.com"}`, spec.ErrInvalid,
			`saas:certificates.directory: "zerossl" is not allowed; use one of production, staging`},
		"nobody whom the authority could write to": {"saas:certificates", `{}`, spec.ErrMissing,
			`saas:certificates.contact: is missing; write it like platform@example.com.br`},
		"no edition": {"saas:database", `{"tier":"db-custom-2-7680"}`, spec.ErrMissing,
			`saas:database.edition: is missing; set one of ENTERPRISE, ENTERPRISE_PLUS`},
		"a strategy that nothing carries out": {"saas:services", `{"landing":{"strategy":"canary"}}`, spec.ErrInvalid,
			`saas:services.landing.strategy: "canary" is not allowed; use one of rolling`},
		"an app that does not exist": {"saas:services", `{"landing":{},"shop":{}}`, spec.ErrInvalid,
			`saas:services.shop: "shop" is not allowed; use one of admin, clinic, fiscal, landing, recycling`},
		"no administrators": {"saas:operators", `{"securityGroup":"gke-security-groups@example.com.br"}`, spec.ErrMissing,
			`saas:operators.admins: is missing; name at least one group:… that may administer the clusters`},
		"a public network to the control plane": {"saas:operators", `{"securityGroup":"gke-security-groups@example.com.br","admins":["group:p@example.com.br"],"authorizedNetworks":[{"name":"all","cidr":"0.0.0.0/0"}]}`, spec.ErrInvalid,
			`saas:operators.authorizedNetworks[0].cidr: "0.0.0.0/0" is not a private CIDR block; control planes have no public address; use Connect Gateway from outside`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := spec.Load(spectest.With(t, row.key, row.value))
			if err == nil {
				t.Fatalf("Load accepts %s = %s", row.key, row.value)
			}
			if !errors.Is(err, row.kind) {
				t.Errorf("the error is not %q: %v", row.kind, err)
			}
			if !strings.Contains("\n"+err.Error()+"\n", "\n"+row.want+"\n") {
				t.Errorf("the error is\n%v\nwant the line\n%s", err, row.want)
			}
		})
	}
}

func TestLoadReportsEveryProblemAtOnce(t *testing.T) {
	t.Parallel()
	_, err := spec.Load(spectest.With(t, "saas:domain", "no spaces", "saas:cache", `{"replicas":9,"colour":"red"}`, "saas:tenants", `[{"id":"-"}]`))
	if err == nil {
		t.Fatal("Load accepts four mistakes")
	}
	for _, path := range []string{"saas:domain", "saas:cache.replicas", "saas:cache.colour", "saas:tenants[0].id"} {
		if !strings.Contains(err.Error(), path+": ") {
			t.Errorf("%s is not reported in\n%v", path, err)
		}
	}
}

func TestAMessageRepeatsOnlyTheStartOfALongValue(t *testing.T) {
	t.Parallel()
	_, err := spec.Load(spectest.With(t, "saas:domain", strings.Repeat("x", 100_000)))
	if err == nil || len(err.Error()) > 1000 {
		t.Fatalf("the message has %d characters", len(err.Error()))
	}
}

func FuzzLoadNeverPanics(f *testing.F) {
	f.Add("saas:regions", `[{"name":"southamerica-east1","cidr":"10.0.0.0/14","zones":[]}]`)
	f.Add("saas:services", `{"landing":null}`)
	f.Add("saas:tenants", `[null]`)
	f.Add("saas:deletionProtection", `null`)
	f.Fuzz(func(t *testing.T, key, value string) {
		env, err := spec.Load(spectest.With(t, key, value))
		if (env == nil) == (err == nil) {
			t.Fatalf("%s = %q: environment %v with error %v", key, value, env, err)
		}
	})
}
