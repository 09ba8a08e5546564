package spec_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/avila-devops/saas/stacks/spec"
	"github.com/avila-devops/saas/stacks/spec/spectest"
)

func TestAdoptionIsStrict(t *testing.T) {
	t.Parallel()
	const vpc = "projects/example-test/global/networks/old"
	for name, row := range map[string]struct {
		names, adopt string
		kind         error
		want         string
	}{
		"a resource that has no such name":  {`{"network-vpcc":"old"}`, `{}`, spec.ErrUnknownKey, "saas:names.network-vpcc"},
		"a name that Google refuses":        {`{"network-vpc":"Old"}`, `{}`, spec.ErrInvalid, `saas:names.network-vpc: "Old"`},
		"a resource that cannot be adopted": {`{}`, `{"database-primary":"x"}`, spec.ErrUnknownKey, "use one of dns-apex, dns-authorities, dns-host-"},
		"an id without a lasting name":      {`{}`, `{"network-vpc":"` + vpc + `"}`, spec.ErrMissing, "saas:names.network-vpc is missing"},
		"an id of another name":             {`{"network-vpc":"older"}`, `{"network-vpc":"` + vpc + `"}`, spec.ErrInvalid, "write projects/example-test/global/networks/older"},
		"an id of another project":          {`{"network-vpc":"old"}`, `{"network-vpc":"projects/other/global/networks/old"}`, spec.ErrInvalid, "write " + vpc},
		"a bare name for an id":             {`{"network-vpc":"old"}`, `{"network-vpc":"old"}`, spec.ErrInvalid, "write " + vpc},
		"a subnetwork of another region": {`{"network-europe-west1-nodes":"n"}`, `{"network-europe-west1-nodes":"projects/example-test/regions/southamerica-east1/subnetworks/n"}`,
			spec.ErrInvalid, "write projects/example-test/regions/europe-west1/subnetworks/n"},
		"a record's name":           {`{"dns-apex":"old"}`, `{}`, spec.ErrUnknownKey, "use one of dns-zone, network-europe-west1-nodes, network-southamerica-east1-nodes, network-vpc"},
		"a record without its zone": {`{}`, `{"dns-apex":"x"}`, spec.ErrMissing, "saas:names.dns-zone is missing"},
		"a record of another host":  {`{"dns-zone":"z"}`, `{"dns-apex":"projects/example-test/managedZones/z/rrsets/www.example.com./A"}`, spec.ErrInvalid, "write projects/example-test/managedZones/z/rrsets/"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := spec.Load(spectest.With(t, "saas:names", row.names, "saas:adopt", row.adopt))
			if !errors.Is(err, row.kind) || !strings.Contains(strings.ReplaceAll(err.Error(), ": is", " is"), row.want) {
				t.Errorf("got %v, want %v with %q", err, row.kind, row.want)
			}
		})
	}
	env, err := spec.Load(spectest.With(t, "saas:names", `{"network-vpc":"old"}`, "saas:adopt", `{"network-vpc":"`+vpc+`"}`))
	if err != nil || env.Adopt["network-vpc"] != vpc {
		t.Errorf("a right adoption gives %v, %v", env, err)
	}
}
