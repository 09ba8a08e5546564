package stacks_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/stacks"
	"github.com/avila-devops/saas/stacks/graph"
	"github.com/avila-devops/saas/stacks/spec"
	"github.com/avila-devops/saas/stacks/spec/spectest"
)

// outputs runs a stack and returns its outputs as JSON, and which are secret.
func outputs(t *testing.T, source spec.Source) (map[string]string, []string) {
	t.Helper()
	env, err := spec.Load(source)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var pending sync.WaitGroup
	var secret []string
	values := map[string]string{}
	_, err = graph.Run(source, func(ctx *pulumi.Context) error {
		made, err := stacks.NewEnvironment(ctx, env)
		if err != nil {
			return err
		}
		for name, output := range made.Outputs() {
			pending.Add(1)
			wrapped := pulumi.ToOutput(output)
			wrapped.ApplyT(func(value any) (string, error) {
				defer pending.Done()
				text, err := json.Marshal(value)
				isSecret := pulumi.IsSecret(wrapped)
				mu.Lock()
				defer mu.Unlock()
				values[name] = string(text)
				if isSecret {
					secret = append(secret, name)
				}
				return "", err
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	pending.Wait() // a plain value belongs to no program, which therefore does not wait for it
	return values, secret
}

func TestTheOutputsAreWhatPeopleNeedAndSecretsAreMarked(t *testing.T) {
	t.Parallel()
	values, secret := outputs(t, spectest.StackFile(t, "prod"))
	const east, west = "southamerica-east1", "southamerica-west1"
	for name, parts := range map[string][]string{
		stacks.OutputDomain:      {`"aviladevops.com.br"`},
		stacks.OutputPrimary:     {`"` + east + `"`},
		stacks.OutputDatabase:    {`"avila-prod:` + east + `:database-` + east + `"`},
		stacks.OutputDatabases:   {`"` + east + `":"database-` + east + `-1234567"`, `"` + east + `-r1":`, `"` + west + `-r1":`},
		stacks.OutputWriters:     {`"` + east + `":"address of database-` + east + `"`, `"` + west + `":"address of database-` + east + `"`},
		stacks.OutputReaders:     {`"` + east + `":"address of database-` + east + `-r1"`, `"` + west + `":"address of database-` + west + `-r1"`},
		stacks.OutputCaches:      {`"` + east + `":"cache-` + east + `-redis:6378"`, `"` + west + `":"cache-` + west + `-redis:6378"`},
		stacks.OutputCacheReads:  {`"` + west + `":"reads of cache-` + west + `-redis:6378"`},
		stacks.OutputClusters:    {`"` + west + `":"saas-prod-` + west + `"`},
		stacks.OutputCommands:    {`"` + east + `":"gcloud container fleet memberships get-credentials saas-prod-` + east + ` --project avila-prod"`},
		stacks.OutputKubeconfigs: {"connectgateway.googleapis.com"},
		stacks.OutputMedia:       {`"media-`},
		stacks.OutputRegistry:    {`"southamerica-east1-docker.pkg.dev/avila-prod/apps"`},
		stacks.OutputPasswords:   {`"app":"` + graph.Secret, `"provisioner":`, `"pgbouncer":`, `"exporter":`},
		stacks.OutputAuditLogs:   {`"auditlogs`},
		stacks.OutputBackups:     {`"` + east + `":"recorded/backup`, `"` + west + `":"recorded/backup`},
		stacks.OutputRestores:    {`"` + east + `":`, `"` + west + `":`},
		stacks.OutputTenantFiles: {`"a":`, `"b":`},
		stacks.OutputEdge:        {`"`},
		stacks.OutputNameServers: {``},
		stacks.OutputCDN:         {`"`},
		stacks.OutputStatic:      {`"cdn-static`},
		stacks.OutputCDNSigner:   {`"`},
		stacks.OutputGitHub:      {`"applyAccount":`, `"planProvider":`, `"tokenLifetime":"900s"`},
		stacks.OutputAttestation: {`"attestor":`, `"keyVersion":`},
		stacks.OutputNotices:     {`"` + east + `":`, `"` + west + `":`},
		stacks.OutputConsole:     {"https://console.cloud.google.com/sql/instances?project=avila-prod", "kubernetes/clusters/details/" + west + "/saas-prod-" + west},
	} {
		for _, part := range parts {
			if !strings.Contains(values[name], part) {
				t.Errorf("output %s is %s, without %s", name, values[name], part)
			}
		}
		delete(values, name)
	}
	if len(values) > 0 {
		t.Errorf("this test does not know the outputs %v", slices.Sorted(maps.Keys(values)))
	}
	if !slices.Equal(secret, []string{stacks.OutputPasswords}) {
		t.Errorf("secret are %v, want the passwords alone", secret)
	}
}
