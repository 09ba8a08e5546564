package gcp

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// invoke calls a function of the provider, which must answer.
func (w *world) invoke(token string, args object) resource.PropertyMap {
	w.t.Helper()
	answer, err := w.provider.Invoke(w.t.Context(), plugin.InvokeRequest{Tok: tokens.ModuleMember(token), Args: properties(args)})
	if err != nil {
		w.t.Fatal(err)
	}
	return answer.Properties
}

// Each row is a valid resource of the environment with one thing wrong.
func TestCheckRefusesWhatIsNotTrust(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.all()
	github := "https://token.actions.githubusercontent.com"
	for name, row := range map[string]struct {
		token            string
		inputs           object
		change           object
		property, reason string
	}{
		"a pool named like Google's":          {workloadPoolType, e.poolIDInputs(), object{"workloadIdentityPoolId": "gcp-github"}, "workloadIdentityPoolId", "the prefix gcp- is reserved"},
		"a pool with a short name":            {workloadPoolType, e.poolIDInputs(), object{"workloadIdentityPoolId": "git"}, "workloadIdentityPoolId", "4 to 32"},
		"a pool with a long title":            {workloadPoolType, e.poolIDInputs(), object{"displayName": strings.Repeat("x", 33)}, "displayName", "at most 32"},
		"an issuer without TLS":               {workloadProviderType, e.providerInputs(), object{"oidc.issuerUri": "http://example.com"}, "oidc.issuerUri", "must be an https address"},
		"no subject":                          {workloadProviderType, e.providerInputs(), object{"attributeMapping": object{"attribute.ref": "assertion.ref"}}, "attributeMapping", "must map google.subject"},
		"a mapping to nowhere":                {workloadProviderType, e.providerInputs(), object{"attributeMapping": object{"google.subject": "assertion.sub", "ref": "assertion.ref"}}, "attributeMapping.ref", "is no attribute"},
		"a mapping that does not parse":       {workloadProviderType, e.providerInputs(), object{"attributeMapping": object{"google.subject": "assertion.sub +"}}, "attributeMapping.google.subject", "is not an expression: it ends where a value is expected"},
		"a mapping from what is not there":    {workloadProviderType, e.providerInputs(), object{"attributeMapping": object{"google.subject": "token.sub"}}, "attributeMapping.google.subject", "speaks of token"},
		"everybody's jobs":                    {workloadProviderType, e.providerInputs(), object{"attributeCondition": nil}, "attributeCondition", "must reference one of the provider's claims"},
		"everybody's jobs, said aloud":        {workloadProviderType, e.providerInputs(), object{"attributeCondition": "true"}, "attributeCondition", "must reference one of the provider's claims"},
		"a condition that does not parse":     {workloadProviderType, e.providerInputs(), object{"attributeCondition": "assertion.ref = 'refs/heads/main'"}, "attributeCondition", `at character 15: "=" means nothing`},
		"a condition that is text":            {workloadProviderType, e.providerInputs(), object{"attributeCondition": "'refs/heads/main'"}, "attributeCondition", "is neither true nor false"},
		"a condition on what is not mapped":   {workloadProviderType, e.providerInputs(), object{"attributeCondition": "attribute.actor == 'me'"}, "attributeCondition", "speaks of attribute.actor, which attributeMapping does not map"},
		"a condition on another API's names":  {workloadProviderType, e.providerInputs(), object{"attributeCondition": "resource.name == 'x'"}, "attributeCondition", "speaks of resource"},
		"two kinds of provider":               {workloadProviderType, e.providerInputs(), object{"aws": object{"accountId": "1"}, "oidc.issuerUri": github}, "aws", "exactly one of aws, oidc, saml"},
		"a role that says nothing":            {customRoleType, e.roleIDInputs(), object{"permissions": []any{}}, "permissions", "must not be empty"},
		"a role with a hyphen":                {customRoleType, e.roleIDInputs(), object{"roleId": "saas-apply"}, "roleId", "letters, digits, underscores and dots"},
		"a role of everything":                {customRoleType, e.roleIDInputs(), object{"permissions": []any{"compute.*"}}, "permissions", "wildcards are not allowed"},
		"a role of an organization":           {customRoleType, e.roleIDInputs(), object{"permissions": []any{"resourcemanager.projects.list"}}, "permissions", "is not valid"},
		"a role's long title":                 {customRoleType, e.roleIDInputs(), object{"title": strings.Repeat("x", 101)}, "title", "at most 100"},
		"a member without a kind":             {accountMemberType, e.trustInputs(), object{"member": "me@example.com"}, "member", "is not an IAM member"},
		"a member without a domain":           {accountMemberType, e.trustInputs(), object{"member": "group:platform"}, "member", "is not an IAM member"},
		"a principal of another kind":         {accountMemberType, e.trustInputs(), object{"member": "principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p"}, "member", "is not an IAM member"},
		"a set by subject":                    {accountMemberType, e.trustInputs(), object{"member": "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/subject/s"}, "member", "is not an IAM member"},
		"a workload without a namespace":      {accountMemberType, e.trustInputs(), object{"member": "serviceAccount:avila-test.svc.id.goog[recycling]"}, "member", "is not an IAM member"},
		"a grant's condition out of order":    {bucketMemberType, e.objectsInputs(), object{"condition.expression": "resource.name.startsWith("}, "condition.expression", "is not an expression"},
		"a grant's condition on a token":      {bucketMemberType, e.objectsInputs(), object{"condition.expression": "assertion.sub == 'x'"}, "condition.expression", "speaks of assertion"},
		"a grant's condition by a pattern":    {bucketMemberType, e.objectsInputs(), object{"condition.expression": "resource.name.matches('.*')"}, "condition.expression", "calls matches"},
		"a grant's condition that is text":    {bucketMemberType, e.objectsInputs(), object{"condition.expression": "'x'"}, "condition.expression", "is neither true nor false"},
		"a grant's endless condition":         {bucketMemberType, e.objectsInputs(), object{"condition.expression": "true" + strings.Repeat(" && true", 13)}, "condition.expression", "has 13 logical operators"},
		"a basic role under a condition":      {bucketMemberType, e.objectsInputs(), object{"role": "roles/editor"}, "condition", "basic roles take no condition"},
		"attestation by nobody":               {admissionType, e.admissionInputs(), object{"defaultAdmissionRule.requireAttestationsBies": nil}, "defaultAdmissionRule.requireAttestationsBies", "must name attestors"},
		"attestors where none is asked":       {admissionType, e.admissionInputs(), object{"defaultAdmissionRule.evaluationMode": "ALWAYS_DENY"}, "defaultAdmissionRule.requireAttestationsBies", "and only then"},
		"a wildcard in the middle":            {admissionType, e.admissionInputs(), object{"admissionWhitelistPatterns": []any{object{"namePattern": "quay.io/*/x"}}}, "admissionWhitelistPatterns", "is not an image path"},
		"a cluster without a place":           {admissionType, e.admissionInputs(), object{"clusterAdmissionRules": []any{object{"cluster": "saas", "evaluationMode": "ALWAYS_DENY", "enforcementMode": "DRYRUN_AUDIT_LOG_ONLY"}}}, "clusterAdmissionRules", "is not a cluster"},
		"an evaluation mode of its own":       {admissionType, e.admissionInputs(), object{"globalPolicyEvaluationMode": "ON"}, "globalPolicyEvaluationMode", "expected one of"},
		"an attestor with half a key":         {attestorType, e.attestorInputs(), object{"attestationAuthorityNote.publicKeys": []any{object{"id": "//a/b"}}}, "attestationAuthorityNote.publicKeys", "exactly one of"},
		"an attestor with no public key":      {attestorType, e.attestorInputs(), object{"attestationAuthorityNote.publicKeys": []any{object{"id": "//a/b", "pkixPublicKey": object{"publicKeyPem": "x", "signatureAlgorithm": "ECDSA_P256_SHA256"}}}}, "attestationAuthorityNote.publicKeys.pkixPublicKey.publicKeyPem", "is not a public key in PEM"},
		"a topic like Google's":               {topicType, e.topicInputs(), object{"name": "google-notices"}, "name", "must not begin with goog"},
		"a topic that keeps for ever":         {topicType, e.topicInputs(), object{"messageRetentionDuration": "9999999s"}, "messageRetentionDuration", "must be from 600s to 2678400s"},
		"a topic that may lie nowhere":        {topicType, e.topicInputs(), object{"messageStoragePolicy.allowedPersistenceRegions": []any{}}, "messageStoragePolicy.allowedPersistenceRegions", "must name a region"},
		"a subscription that keeps too long":  {subscriptionType, e.noticesInputs(), object{"messageRetentionDuration": "604801s"}, "messageRetentionDuration", "must be from 600s to 604800s"},
		"a subscription that expires at once": {subscriptionType, e.noticesInputs(), object{"expirationPolicy.ttl": "60s"}, "expirationPolicy.ttl", "must be from 86400s"},
		"an impatient subscription":           {subscriptionType, e.noticesInputs(), object{"ackDeadlineSeconds": 5}, "ackDeadlineSeconds", "must be from 10 to 600"},
		"a signing key that rotates":          {cryptoKeyType, object{"keyRing": string(e.ring().id), "purpose": "ASYMMETRIC_SIGN", "versionTemplate": object{"algorithm": "EC_SIGN_P256_SHA256"}}, object{"rotationPeriod": "7776000s"}, "rotationPeriod", "only keys of purpose ENCRYPT_DECRYPT rotate"},
		"a signing key that encrypts":         {cryptoKeyType, object{"keyRing": string(e.ring().id), "purpose": "ASYMMETRIC_SIGN"}, object{"versionTemplate": object{"algorithm": "GOOGLE_SYMMETRIC_ENCRYPTION"}}, "versionTemplate.algorithm", "is not an algorithm of purpose ASYMMETRIC_SIGN"},
		"a signing key of no algorithm":       {cryptoKeyType, object{"keyRing": string(e.ring().id), "purpose": "ASYMMETRIC_SIGN"}, nil, "versionTemplate", "must name an algorithm"},
		"a mirror of nothing":                 {repositoryType, e.mirrorInputs(), object{"remoteRepositoryConfig": nil}, "remoteRepositoryConfig", "must be set when mode is REMOTE_REPOSITORY"},
		"a mirror of a path":                  {repositoryType, e.mirrorInputs(), object{"remoteRepositoryConfig.dockerRepository": object{"customRepository": object{"uri": "https://quay.io/jetstack"}}}, "remoteRepositoryConfig.dockerRepository.customRepository.uri", "is not an upstream"},
		"a mirror without TLS":                {repositoryType, e.mirrorInputs(), object{"remoteRepositoryConfig.dockerRepository": object{"customRepository": object{"uri": "http://quay.io"}}}, "remoteRepositoryConfig.dockerRepository.customRepository.uri", "is not an upstream"},
		"a mirror with tags of its own":       {repositoryType, e.mirrorInputs(), object{"dockerConfig": object{"immutableTags": true}}, "dockerConfig.immutableTags", "only a standard repository"},
		"a mirror of another format":          {repositoryType, e.mirrorInputs(), object{"format": "NPM"}, "remoteRepositoryConfig.dockerRepository", "does not fit format NPM"},
		"a cleanup that deletes the newest":   {repositoryType, e.mirrorInputs(), object{"cleanupPolicies": []any{object{"id": "x", "action": "DELETE", "mostRecentVersions": object{"keepCount": 1}}}}, "cleanupPolicies[x]", "can only be kept"},
		"a cleanup of nothing":                {repositoryType, e.mirrorInputs(), object{"cleanupPolicies": []any{object{"id": "x", "action": "DELETE"}}}, "cleanupPolicies[x]", "exactly one of condition and mostRecentVersions"},
		"two cleanups of one name":            {repositoryType, e.mirrorInputs(), object{"cleanupPolicies": []any{object{"id": "x", "action": "KEEP", "mostRecentVersions": object{"keepCount": 1}}, object{"id": "x", "action": "KEEP", "mostRecentVersions": object{"keepCount": 2}}}}, "cleanupPolicies[x]", "is there twice"},
		"a cleanup that keeps none":           {repositoryType, e.mirrorInputs(), object{"cleanupPolicies": []any{object{"id": "x", "action": "KEEP", "mostRecentVersions": object{"keepCount": 0}}}}, "cleanupPolicies[x]", "at least one version"},
		"a cleanup by a day":                  {repositoryType, e.mirrorInputs(), object{"cleanupPolicies": []any{object{"id": "x", "action": "DELETE", "condition": object{"olderThan": "30d"}}}}, "condition.olderThan", "write it like 1s"},
		"a freeze of two months":              {clusterType, e.clusterInputs(), object{"maintenancePolicy.maintenanceExclusions": []any{exclusion("x", "2026-11-01T00:00:00Z", "2027-01-01T00:00:00Z", "NO_UPGRADES")}}, "maintenancePolicy.maintenanceExclusions", "for more than 30 days"},
		"a freeze backwards":                  {clusterType, e.clusterInputs(), object{"maintenancePolicy.maintenanceExclusions": []any{exclusion("x", "2027-01-01T00:00:00Z", "2026-12-01T00:00:00Z", "NO_MINOR_UPGRADES")}}, "maintenancePolicy.maintenanceExclusions", "ends before it starts"},
		"a freeze at no time":                 {clusterType, e.clusterInputs(), object{"maintenancePolicy.maintenanceExclusions": []any{exclusion("x", "tomorrow", "2026-12-01T00:00:00Z", "NO_MINOR_UPGRADES")}}, "maintenancePolicy.maintenanceExclusions", "is not RFC 3339"},
		"a taint that Kubernetes refuses":     {nodePoolType, e.poolInputs(), object{"nodeConfig.taints": []any{object{"key": "a b", "value": "x", "effect": "NO_SCHEDULE"}}}, "nodeConfig.taints.key", "is not a taint's key"},
		"a taint that does not say what for":  {nodePoolType, e.poolInputs(), object{"nodeConfig.taints": []any{object{"key": "a", "value": "x", "effect": "NoSchedule"}}}, "nodeConfig.taints.effect", "expected one of"},
		"a label of Kubernetes' own":          {nodePoolType, e.poolInputs(), object{"nodeConfig.labels": object{"kubernetes.io/hostname": "x"}}, "nodeConfig.labels", "cannot be set"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if response := e.check(row.token, "valid", nil, row.inputs); row.change != nil && len(response.Failures) > 0 && row.token != cryptoKeyType {
				t.Fatalf("without the change: %v", response.Failures)
			}
			wantFailure(t, e.check(row.token, "x", nil, with(row.inputs, row.change)), row.property, row.reason)
		})
	}
}

func exclusion(name, start, end, scope string) object {
	return object{"exclusionName": name, "startTime": start, "endTime": end, "exclusionOptions": object{"scope": scope}}
}

func TestGoogleRefusesTrustInWhatIsNotThere(t *testing.T) {
	t.Parallel()
	const pool = "principal://iam.googleapis.com/projects/" + testNumber + "/locations/global/workloadIdentityPools/"
	for name, row := range map[string]refusal{
		"a provider of no pool": {workloadProviderType, (*environment).providerInputs, object{"workloadIdentityPoolId": "nowhere"},
			[]string{"workloadIdentityPools/nowhere' was not found", "create the iam WorkloadIdentityPool first"}},
		"a subject of no pool": {accountMemberType, (*environment).trustInputs, object{"member": pool + "nowhere/subject/s"},
			[]string{"Error 400: Identity Pool does not exist (projects/" + testNumber + "/locations/global/workloadIdentityPools/nowhere)", "create the pool first"}},
		"a set of no pool": {accountMemberType, (*environment).trustInputs, object{"member": "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/*"},
			[]string{"Identity Pool does not exist (projects/1/", "correct the project's number"}},
		"a workload before any cluster": {accountMemberType, func(e *environment) object {
			return object{"serviceAccountId": e.ciAccount().text("name"), "role": "roles/iam.workloadIdentityUser", "member": "serviceAccount:avila-test.svc.id.goog[test/recycling]"}
		}, nil, []string{"Identity Pool does not exist (avila-test.svc.id.goog)", "create the first cluster"}},
		"trust in no account": {accountMemberType, (*environment).trustInputs, object{"serviceAccountId": "projects/avila-test/serviceAccounts/ghost@avila-test.iam.gserviceaccount.com"},
			[]string{"ghost@avila-test.iam.gserviceaccount.com' was not found"}},
		"a role of our own that is not there": {projectMemberType, (*environment).customGrantInputs, object{"role": "projects/avila-test/roles/nowhere"},
			[]string{"Role (projects/avila-test/roles/nowhere) does not exist", "create the role first"}},
		"a bucket that is not there": {bucketMemberType, (*environment).objectsInputs, object{"bucket": "nowhere"},
			[]string{"The specified storage bucket 'nowhere' does not exist", "create the storage Bucket first"}},
		"a condition without uniform access": {bucketMemberType, func(e *environment) object {
			inputs := e.objectsInputs()
			e.api("storage")
			return with(inputs, object{"bucket": e.create(bucketType, "acl", object{"location": testRegion}).text("name")})
		}, nil, []string{"Error 412", "uniform bucket-level access"}},
		"everybody in a private bucket": {bucketMemberType, (*environment).objectsInputs, object{"member": "allUsers", "condition": nil},
			[]string{"public access prevention is enforced"}},
		"an attestor of no note": {attestorType, (*environment).attestorInputs, object{"attestationAuthorityNote.noteReference": "projects/avila-test/notes/nowhere"},
			[]string{"'projects/avila-test/notes/nowhere' was not found"}},
		"a policy of no attestor": {admissionType, (*environment).admissionInputs, object{"defaultAdmissionRule.requireAttestationsBies": []any{"projects/avila-test/attestors/nowhere"}},
			[]string{"'projects/avila-test/attestors/nowhere' was not found"}},
		"notices to no topic": {clusterType, (*environment).clusterInputs, object{"notificationConfig.pubsub.topic": "projects/avila-test/topics/nowhere"},
			[]string{"'projects/avila-test/topics/nowhere' was not found", "correct notificationConfig.pubsub.topic"}},
		"a subscription to no topic": {subscriptionType, (*environment).noticesInputs, object{"topic": "nowhere"},
			[]string{"'projects/avila-test/topics/nowhere' was not found"}},
		"a topic whose key is not granted": {topicType, (*environment).topicInputs, object{"kmsKeyName": "projects/avila-test/locations/x/keyRings/r/cryptoKeys/k"},
			[]string{"Cloud KMS key 'projects/avila-test/locations/x/keyRings/r/cryptoKeys/k' was not found"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row.run(t)
		})
	}
	e := newEnvironment(newWorld(t))
	inputs, key := e.topicInputs(), e.key("fresh")
	_, err := e.try(topicType, "x", with(inputs, object{"kmsKeyName": string(key.id)}))
	wantError(t, err, "for service account service-"+testNumber+"@gcp-sa-pubsub.iam.gserviceaccount.com")
}

func TestADeletedPoolKeepsItsNameForThirtyDays(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	pool := e.identityPool()
	e.delete(pool)
	_, err := e.try(workloadPoolType, "again", e.poolIDInputs())
	wantError(t, err, "Error 409", "' already exists", "it was deleted, and Google keeps its name until ")
	e.create(workloadPoolType, "other", with(e.poolIDInputs(), object{"workloadIdentityPoolId": "github-apply-def456"}))
	_, err = e.try(accountMemberType, "trust", object{
		"serviceAccountId": e.ciAccount().text("name"), "role": "roles/iam.workloadIdentityUser",
		"member": "principal://iam.googleapis.com/projects/" + testNumber + "/locations/global/workloadIdentityPools/" + pool.text("workloadIdentityPoolId") + "/subject/s",
	})
	wantError(t, err, "Identity Pool does not exist")
	e.provider.now = func() time.Time { return time.Now().Add(30*24*time.Hour + time.Minute) }
	e.create(workloadPoolType, "again", e.poolIDInputs())
}

func TestADeletedRoleComesBackForAWeekAndIsReservedForAnotherMonth(t *testing.T) {
	t.Parallel()
	for days, ok := range map[int]bool{1: true, 6: true, 8: false, 36: false, 38: true} {
		e := newEnvironment(newWorld(t))
		e.delete(e.customRole())
		e.provider.now = func() time.Time { return time.Now().AddDate(0, 0, days) }
		again, err := e.try(customRoleType, "again", e.roleIDInputs())
		if ok && err != nil {
			t.Errorf("after %d days: %v", days, err)
		}
		if !ok {
			wantError(t, err, "Error 409", "Google keeps its name until")
		} else if again.text("name") != "projects/avila-test/roles/saas_test_apply" {
			t.Errorf("after %d days the role is %s", days, again.text("name"))
		}
	}
}

func TestASigningKeyHasAPublicHalfThatStays(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	key := e.attestKey()
	first := e.invoke(keyVersionFunction, object{"cryptoKey": string(key.id)})
	second := e.invoke(keyVersionFunction, object{"cryptoKey": string(key.id), "version": 1})
	encoded := texts(first, "publicKeys.pem")
	if len(encoded) != 1 || encoded[0] != texts(second, "publicKeys.pem")[0] {
		t.Fatalf("the public key is %q, then %q", encoded, texts(second, "publicKeys.pem"))
	}
	block, _ := pem.Decode([]byte(encoded[0]))
	public, err := x509.ParsePKIXPublicKey(block.Bytes)
	if _, curve := public.(*ecdsa.PublicKey); err != nil || !curve {
		t.Errorf("the public key is %T, %v", public, err)
	}
	if got, want := text(first, "name"), string(key.id)+"/cryptoKeyVersions/1"; got != want || text(first, "id") != "//cloudkms.googleapis.com/v1/"+want {
		t.Errorf("the version is %s, %s", got, text(first, "id"))
	}
	other := newEnvironment(newWorld(t))
	if texts(other.invoke(keyVersionFunction, object{"cryptoKey": string(other.attestKey().id)}), "publicKeys.pem")[0] == encoded[0] {
		t.Error("two sandboxes have the same key")
	}
	if symmetric := e.invoke(keyVersionFunction, object{"cryptoKey": string(e.key("sql").id)}); len(texts(symmetric, "publicKeys.pem")) > 0 {
		t.Error("a key that encrypts has a public half")
	}
	for name, args := range map[string]object{
		"a key that is not there":     {"cryptoKey": "projects/avila-test/locations/l/keyRings/r/cryptoKeys/k"},
		"a version that is not there": {"cryptoKey": string(key.id), "version": 2},
	} {
		_, err := e.provider.Invoke(t.Context(), plugin.InvokeRequest{Tok: keyVersionFunction, Args: properties(args)})
		if err == nil || !strings.Contains(err.Error(), "not found") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := e.provider.Invoke(t.Context(), plugin.InvokeRequest{Tok: "gcp:compute/getZones:getZones"}); err == nil || !strings.Contains(err.Error(), "gcp:compute/getZones:getZones") {
		t.Errorf("a function that the program does not call is answered: %v", err)
	}
}

func TestTheSameRoleUnderTwoConditionsIsTwoGrants(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	first := e.objects()
	second := e.create(bucketMemberType, "exports", with(e.objectsInputs(), object{"condition.title": "exports"}))
	e.delete(second)
	if left := e.read(first); left.ID == "" {
		t.Error("taking one grant took the other")
	}
}

func TestChangesOfTrustReplaceWhatTheOfficialProviderReplaces(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.all()
	for name, row := range map[string]struct {
		th      *thing
		inputs  object
		change  object
		replace string
	}{
		"a pool's id":               {e.identityPool(), e.poolIDInputs(), object{"workloadIdentityPoolId": "other"}, "workloadIdentityPoolId"},
		"a pool's title":            {e.identityPool(), e.poolIDInputs(), object{"displayName": "other"}, ""},
		"a provider's condition":    {e.identityProvider(), e.providerInputs(), object{"attributeCondition": "assertion.ref == 'x'"}, ""},
		"a provider's issuer":       {e.identityProvider(), e.providerInputs(), object{"oidc.issuerUri": "https://example.com"}, ""},
		"a role's permissions":      {e.customRole(), e.roleIDInputs(), object{"permissions": []any{"compute.networks.get"}}, ""},
		"a role's id":               {e.customRole(), e.roleIDInputs(), object{"roleId": "other"}, "roleId"},
		"a trusted subject":         {e.federated(), e.trustInputs(), object{"member": "group:a@example.com"}, "member"},
		"a grant's prefix":          {e.objects(), e.objectsInputs(), object{"condition.expression": "true"}, "condition"},
		"an attestor's key":         {e.attestor(), e.attestorInputs(), object{"attestationAuthorityNote.publicKeys": []any{}}, ""},
		"an attestor's note":        {e.attestor(), e.attestorInputs(), object{"attestationAuthorityNote.noteReference": "other"}, "attestationAuthorityNote"},
		"the policy's patterns":     {e.admission(), e.admissionInputs(), object{"admissionWhitelistPatterns": []any{}}, ""},
		"the policy's project":      {e.admission(), e.admissionInputs(), object{"project": "other"}, "project"},
		"a topic's key":             {e.topic(), e.topicInputs(), object{"kmsKeyName": "other"}, ""},
		"a topic's name":            {e.topic(), e.topicInputs(), object{"name": "other"}, "name"},
		"a subscription's topic":    {e.notices(), e.noticesInputs(), object{"topic": "other"}, "topic"},
		"a subscription's filter":   {e.notices(), e.noticesInputs(), object{"filter": "attributes.x"}, "filter"},
		"a subscription's patience": {e.notices(), e.noticesInputs(), object{"ackDeadlineSeconds": 30}, ""},
		"a cluster's notices":       {e.cluster(), e.clusterInputs(), object{"notificationConfig.pubsub.filter": nil}, ""},
		"a cluster's exclusions":    {e.cluster(), e.clusterInputs(), object{"maintenancePolicy.maintenanceExclusions": []any{exclusion("x", "2026-12-18T00:00:00Z", "2027-01-04T00:00:00Z", "NO_UPGRADES")}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			diff := e.diff(row.th, with(row.inputs, row.change))
			if diff.Changes != plugin.DiffSome {
				t.Fatal("no change is seen")
			}
			if got := len(diff.ReplaceKeys) > 0; got != (row.replace != "") || got && string(diff.ReplaceKeys[0]) != row.replace {
				t.Errorf("%v replace, want %q", diff.ReplaceKeys, row.replace)
			}
			if unchanged := e.diff(row.th, row.inputs); unchanged.Changes != plugin.DiffNone {
				t.Errorf("the same again changes %v", unchanged.DetailedDiff)
			}
		})
	}
}

func TestIDsOfTrustHaveTheFormOfTheOfficialProvider(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.all()
	const project = "projects/" + testProject
	pool := project + "/locations/global/workloadIdentityPools/github-apply-" + e.suffix
	account := project + "/serviceAccounts/ci-apply-test@avila-test.iam.gserviceaccount.com"
	for made, want := range map[string]string{
		"identityPool":     pool,
		"identityProvider": pool + "/providers/github",
		"customRole":       project + "/roles/saas_test_apply",
		"federated":        account + "/roles/iam.workloadIdentityUser/" + e.federated().text("member"),
		"objects":          "b/" + e.bucket().text("name") + "/roles/storage.objectUser/serviceAccount:ci-apply-test@avila-test.iam.gserviceaccount.com/own prefix only/d/" + text(e.objects().inputs, "condition.expression"),
		"note":             project + "/notes/" + e.note().text("name"),
		"attestor":         project + "/attestors/" + e.attestor().text("name"),
		"admission":        project,
		"topic":            project + "/topics/" + e.topic().text("name"),
		"notices":          project + "/subscriptions/" + e.notices().text("name"),
		"viewer":           project + "/attestors/" + e.attestor().text("name") + "/roles/binaryauthorization.attestorsViewer/serviceAccount:ci-apply-test@avila-test.iam.gserviceaccount.com",
	} {
		if got := string(e.made[made].id); got != want {
			t.Errorf("%s has id %s, want %s", made, got, want)
		}
	}
	for made, want := range map[string]string{
		"identityPool":     "projects/" + testNumber + "/locations/global/workloadIdentityPools/github-apply-" + e.suffix,
		"identityProvider": "projects/" + testNumber + "/locations/global/workloadIdentityPools/github-apply-" + e.suffix + "/providers/github",
	} {
		if got := e.made[made].text("name"); got != want {
			t.Errorf("%s is named %s, want %s: names hold the project's number", made, got, want)
		}
	}
}
