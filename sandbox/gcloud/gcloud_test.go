package gcloud_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/avila-devops/saas/sandbox/gcloud"
	"github.com/avila-devops/saas/sandbox/gcp/cloud"
	"github.com/avila-devops/saas/sandbox/home"
)

// project is an emulated project in which Compute Engine is on.
func project(t *testing.T) home.Home {
	t.Helper()
	h := home.Home(t.TempDir())
	err := cloud.Open(h).Do(t.Context(), func(tx *cloud.Tx) error {
		return tx.PutProject(cloud.Project{ID: "avila-test", Number: "482910375164"})
	})
	if err != nil {
		t.Fatal(err)
	}
	say(t, h, "services enable compute.googleapis.com --project=avila-test")
	return h
}

func try(t *testing.T, h home.Home, line string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := gcloud.Run(t.Context(), h, &out, strings.Fields(line))
	return out.String(), err
}

func say(t *testing.T, h home.Home, line string) string {
	t.Helper()
	out, err := try(t, h, line)
	if err != nil {
		t.Fatalf("gcloud %s: %v", line, err)
	}
	return out
}

func TestWhatIsMadeByHandIsInTheCloudAndInNoStack(t *testing.T) {
	t.Parallel()
	h := project(t)
	out := say(t, h, "compute networks create legacy --subnet-mode custom --project avila-test")
	if want := "Created [https://www.googleapis.com/compute/v1/projects/avila-test/global/networks/legacy].\n"; out != want {
		t.Errorf("it prints %q, want %q", out, want)
	}
	say(t, h, "compute networks subnets create nodes --network=legacy --region=southamerica-east1 --range=10.0.0.0/20 --secondary-range=pods=10.2.0.0/16,services=10.1.0.0/20 --project=avila-test")
	err := cloud.Open(h).Do(t.Context(), func(tx *cloud.Tx) error {
		all, err := tx.All()
		if len(all) != 3 {
			t.Errorf("the cloud holds %d resources", len(all))
		}
		for _, record := range all {
			if record.URN != "" {
				t.Errorf("%s belongs to %s", record.ID, record.URN)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestTheRulesOfTheCloudHoldForHandsToo(t *testing.T) {
	t.Parallel()
	h := project(t)
	say(t, h, "compute networks create legacy --subnet-mode=custom --project=avila-test")
	for line, want := range map[string]string{
		"compute networks create legacy --subnet-mode=custom --project=avila-test":                                                    "alreadyExists",
		"compute networks create Legacy --subnet-mode=custom --project=avila-test":                                                    "not a valid name",
		"compute networks create other --subnet-mode=custom --project=elsewhere":                                                      "elsewhere",
		"compute networks subnets create nodes --network=gone --region=southamerica-east1 --range=10.0.0.0/20 --project=avila-test":   "gone",
		"compute networks subnets create nodes --network=legacy --region=southamerica-east1 --range=10.0.0.0/99 --project=avila-test": "10.0.0.0/99",
		"sql instances clone gone copy --point-in-time=2026-11-24T17:05:00Z --project=avila-test":                                     "'gone' was not found",
		"sql instances clone gone copy --point-in-time=yesterday --project=avila-test":                                                "write it like 2026-11-24T17:05:00Z",
		"sql instances delete gone --project=avila-test":                                                                              "add --quiet",
		"kms keys versions create --key=projects/avila-test/locations/x/keyRings/y/cryptoKeys/z --primary --project=avila-test":       "cryptoKeys/z' was not found",
	} {
		if _, err := try(t, h, line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("gcloud %s gives %v, want %q", line, err, want)
		}
	}
}

func TestWhatTheSandboxDoesNotKnowIsRefusedByName(t *testing.T) {
	t.Parallel()
	h := project(t)
	for line, want := range map[string]string{
		"compute instances create vm --project=avila-test": `knows no "compute instances create vm"`,
		"--version": "it knows: compute networks create",
		"compute networks create x --mtu=1500 --project=avila-test":     "does not know --mtu; it knows --project, --subnet-mode",
		"compute networks create --project=avila-test":                  "takes 1 arguments",
		"compute networks create x":                                     "--project is missing",
		"compute networks create x --subnet-mode= --project=avila-test": "--subnet-mode has no value",
	} {
		if _, err := try(t, h, line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("gcloud %s gives %v, want %q", line, err, want)
		}
	}
}

func TestAZoneAndItsRecordAreMadeAsGcloudMakesThem(t *testing.T) {
	t.Parallel()
	h := project(t)
	say(t, h, "services enable dns.googleapis.com --project=avila-test")
	out := say(t, h, "dns managed-zones create old --dns-name=example.com --description=old --dnssec-state=off --project=avila-test")
	if want := "Created [https://dns.googleapis.com/dns/v1/projects/avila-test/managedZones/old].\n"; out != want {
		t.Errorf("it prints %q, want %q", out, want)
	}
	out = say(t, h, "dns record-sets create example.com. --zone=old --type=A --ttl=60 --rrdatas=192.0.2.7,192.0.2.8 --project=avila-test")
	if want := "NAME  TYPE  TTL  DATA\nexample.com.  A  60  192.0.2.7,192.0.2.8\n"; out != want {
		t.Errorf("it prints %q, want %q", out, want)
	}
	for line, want := range map[string]string{
		"dns record-sets create example.com. --zone=old --type=A --ttl=60 --rrdatas=192.0.2.7 --project=avila-test":     "already exists",
		"dns record-sets create www.example.com. --zone=new --type=A --ttl=60 --rrdatas=192.0.2.7 --project=avila-test": "new",
		"dns record-sets create www.example.com. --zone=old --type=A --ttl=1h --rrdatas=192.0.2.7 --project=avila-test": `--ttl "1h" is not a number of seconds`,
	} {
		if _, err := try(t, h, line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("gcloud %s gives %v, want %q", line, err, want)
		}
	}
}
