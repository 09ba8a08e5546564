// Package credential is what the sandbox's gke-gcloud-auth-plugin prints: the
// token that every cluster of the sandbox accepts, in the form that kubectl and
// client-go ask their credential plugins for.
package credential

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"time"

	"github.com/avila-devops/saas/components/cluster/kubeconfig"
	"github.com/avila-devops/saas/sandbox/cluster"
	"github.com/avila-devops/saas/sandbox/home"
)

const (
	// infoEnv is how the client tells what it asks for.
	// https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
	infoEnv    = "KUBERNETES_EXEC_INFO"
	apiVersion = "client.authentication.k8s.io/v1beta1"
	kind       = "ExecCredential"

	// life is as long as a Google access token's: the client asks again.
	life = time.Hour
)

type credential struct {
	APIVersion string  `json:"apiVersion"`
	Kind       string  `json:"kind"`
	Spec       spec    `json:"spec"`
	Status     *status `json:"status,omitempty"`
}

type spec struct {
	Interactive bool     `json:"interactive"`
	Cluster     *address `json:"cluster,omitempty"`
}

type address struct {
	Server string `json:"server"`
}

type status struct {
	Token  string    `json:"token"`
	Expiry time.Time `json:"expirationTimestamp"`
}

// Print answers the client that runs the plugin.
func Print(h home.Home, w io.Writer) error {
	if err := asked(os.Getenv(infoEnv)); err != nil {
		return err
	}
	token, err := cluster.Token(h)
	if err != nil {
		return err
	}
	return json.NewEncoder(w).Encode(credential{
		APIVersion: apiVersion, Kind: kind,
		Status: &status{Token: token, Expiry: time.Now().Add(life).UTC().Truncate(time.Second)},
	})
}

// asked refuses to hand the token to a client that speaks another version, or
// that would send it anywhere but to Connect Gateway. Without a question, as
// when a person runs the plugin, there is nothing to refuse.
func asked(info string) error {
	if info == "" {
		return nil
	}
	var question credential
	if err := json.Unmarshal([]byte(info), &question); err != nil {
		return fmt.Errorf("%s: %w", infoEnv, err)
	}
	if question.APIVersion != apiVersion || question.Kind != kind {
		return fmt.Errorf("%s asks for %s of %s, and this plugin knows %s of %s", infoEnv, question.Kind, question.APIVersion, kind, apiVersion)
	}
	if question.Spec.Cluster == nil {
		return nil
	}
	server, err := url.Parse(question.Spec.Cluster.Server)
	if err != nil {
		return fmt.Errorf("%s: %w", infoEnv, err)
	}
	if server.Scheme != "https" || server.Host != kubeconfig.Host {
		return fmt.Errorf("%s: the sandbox's token is for https://%s, not for %s", infoEnv, kubeconfig.Host, question.Spec.Cluster.Server)
	}
	return nil
}
