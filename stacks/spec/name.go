package spec

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// ClusterName is fixed, not autonamed: engineers, CI and Connect Gateway refer
// to a cluster by it. GKE allows 40 characters; stack and region names are
// bounded so that it fits.
func (e *Environment) ClusterName(r Region) string {
	return fmt.Sprintf("%s-%s-%s", Namespace, e.Name, r.Name)
}

// ServiceAgent is the e-mail of the identity by which a Google service acts in
// the project. It needs a grant on a key before the service can use the key.
func (e *Environment) ServiceAgent(agent Agent) string {
	return fmt.Sprintf("service-%s@%s.iam.gserviceaccount.com", e.ProjectNumber, agent)
}

// Agent is the domain of a service's agent, as Google documents them:
// cloud.google.com/iam/docs/service-agents.
type Agent string

// The agents of the services that use our keys.
const (
	AgentGKE      Agent = "container-engine-robot"
	AgentCompute  Agent = "compute-system"
	AgentSQL      Agent = "gcp-sa-cloud-sql"
	AgentRedis    Agent = "cloud-redis"
	AgentStorage  Agent = "gs-project-accounts"
	AgentBackup   Agent = "gcp-sa-gkebackup"
	AgentRegistry Agent = "gcp-sa-artifactregistry"
	AgentPubSub   Agent = "gcp-sa-pubsub"
	AgentSecrets  Agent = "gcp-sa-secretmanager" //nolint:gosec // the name of an agent, no credential
)

// accountLimit is the longest account id that IAM takes.
const accountLimit = 30

// AccountID is the id of the Google account that acts for a tenant. It is
// fixed, as apps name it when they act for the tenant; where the tenant's id
// is too long for it, a digest of the id stands for its end.
func (t Tenant) AccountID() string {
	const prefix, digits = "tenant-", 8
	id := prefix + t.ID
	if len(id) <= accountLimit {
		return id
	}
	sum := sha256.Sum256([]byte(t.ID))
	return id[:accountLimit-1-digits] + "-" + hex.EncodeToString(sum[:digits/2])
}

// Folder is the path of the tenant's files in the media bucket.
func (t Tenant) Folder() string { return "media/" + t.Schema() + "/" }
