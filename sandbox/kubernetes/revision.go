package kubernetes

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var secrets = schema.GroupVersionResource{Version: "v1", Resource: "secrets"}

// How Helm keeps a release: a Secret for each revision.
// https://github.com/helm/helm/blob/v3.18.6/pkg/storage/driver/secrets.go
const (
	revisionType  = "helm.sh/release.v1"
	madeBy        = "avila.sandbox/urn" // which resource of a program made it; the sandbox's own
	inUse         = "cannot re-use a name that is still in use"
	deployed      = "deployed"
	failed        = "failed"
	pending       = "pending-install"
	upgrading     = "pending-upgrade"
	superseded    = "superseded"
	definitionKey = "CustomResourceDefinition.apiextensions.k8s.io/apiextensions.k8s.io/v1"
)

// revision is Helm's record of a release. The manifest names the objects that
// the sandbox made, without what is in them.
type revision struct {
	Name string `json:"name"`
	Info struct {
		First       time.Time `json:"first_deployed"`
		Last        time.Time `json:"last_deployed"`
		Deleted     string    `json:"deleted"`
		Description string    `json:"description"`
		Status      string    `json:"status"`
	} `json:"info"`
	Chart struct {
		Metadata struct {
			Name    string `json:"name"`
			Version string `json:"version"`
			App     string `json:"appVersion"`
			API     string `json:"apiVersion"`
		} `json:"metadata"`
	} `json:"chart"`
	Config    map[string]any `json:"config,omitempty"`
	Manifest  string         `json:"manifest"`
	Version   int            `json:"version"`
	Namespace string         `json:"namespace"`

	urn string
}

func newRevision(r release, number int, status string) *revision {
	v := &revision{Name: r.name, Namespace: r.namespace, Config: r.values, Version: number, urn: string(r.urn)}
	v.Info.First, v.Info.Last, v.Info.Status, v.Info.Description = time.Now(), time.Now(), status, r.description
	meta := &v.Chart.Metadata
	meta.Name, meta.Version, meta.App, meta.API = r.chart.Name, r.chart.Version, r.chart.App, "v2"
	return v
}

// list makes the manifest of definitions.
func (v *revision) list(names []string) {
	var text strings.Builder
	for _, name := range slices.Sorted(slices.Values(names)) {
		fmt.Fprintf(&text, "---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata:\n  name: %s\n", name)
	}
	v.Manifest = text.String()
}

// listed reads it.
func (v *revision) listed() []string {
	var names []string
	for line := range strings.SplitSeq(v.Manifest, "\n") {
		if name, ok := strings.CutPrefix(line, "  name: "); ok {
			names = append(names, name)
		}
	}
	return names
}

// outputs are what the state remembers, with the official names.
func (v *revision) outputs(inputs resource.PropertyMap) resource.PropertyMap {
	outputs := inputs.Copy()
	meta := v.Chart.Metadata
	outputs["version"] = resource.NewProperty(meta.Version)
	names := map[string]any{}
	if all := v.listed(); len(all) > 0 {
		names[definitionKey] = all
	}
	outputs["resourceNames"] = resource.NewPropertyValue(names)
	outputs["status"] = resource.NewPropertyValue(map[string]any{
		"appVersion": meta.App, "chart": meta.Name, "name": v.Name, "namespace": v.Namespace,
		"revision": float64(v.Version), "status": v.Info.Status, "version": meta.Version,
	})
	return outputs
}

func (v *revision) secret() (*unstructured.Unstructured, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var packed bytes.Buffer
	writer := gzip.NewWriter(&packed)
	_, err = writer.Write(text)
	if err := errors.Join(err, writer.Close()); err != nil {
		return nil, err
	}
	// Helm encodes what the API server encodes once more.
	inner := base64.StdEncoding.EncodeToString(packed.Bytes())
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "v1", "kind": "Secret", "type": revisionType,
		"metadata": map[string]any{
			"name": secretName(v.Name, v.Version), "namespace": v.Namespace,
			"labels": map[string]any{
				"name": v.Name, "owner": "helm", "status": v.Info.Status, "version": strconv.Itoa(v.Version),
				"modifiedAt": strconv.FormatInt(v.Info.Last.Unix(), 10),
			},
			"annotations": map[string]any{madeBy: v.urn},
		},
		"data": map[string]any{"release": base64.StdEncoding.EncodeToString([]byte(inner))},
	}}, nil
}

func secretName(name string, number int) string {
	return fmt.Sprintf("sh.helm.release.v1.%s.v%d", name, number)
}

func openRevision(secret *unstructured.Unstructured) (*revision, error) {
	outer, _, err := unstructured.NestedString(secret.Object, "data", "release")
	if err != nil {
		return nil, err
	}
	inner, err := base64.StdEncoding.DecodeString(outer)
	if err != nil {
		return nil, err
	}
	packed, err := base64.StdEncoding.DecodeString(string(inner))
	if err != nil {
		return nil, err
	}
	reader, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(reader)
	if err != nil {
		return nil, err
	}
	v := &revision{urn: secret.GetAnnotations()[madeBy]}
	return v, json.Unmarshal(text, v)
}

// revisions lists what Helm knows of a release, oldest first.
func (c *client) revisions(ctx context.Context, namespace, name string) ([]*revision, error) {
	list, err := c.dynamic.Resource(secrets).Namespace(namespace).List(ctx, metav1.ListOptions{LabelSelector: "owner=helm,name=" + name})
	if err != nil {
		return nil, err
	}
	var all []*revision
	for i := range list.Items {
		v, err := openRevision(&list.Items[i])
		if err != nil {
			return nil, fmt.Errorf("read Secret %s: %w", list.Items[i].GetName(), err)
		}
		all = append(all, v)
	}
	slices.SortFunc(all, func(a, b *revision) int { return a.Version - b.Version })
	return all, nil
}

func (c *client) lastRevision(ctx context.Context, namespace, name string) (*revision, error) {
	all, err := c.revisions(ctx, namespace, name)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return all[len(all)-1], nil
}

// keep writes a revision, new or as it has become.
func (c *client) keep(ctx context.Context, v *revision) error {
	secret, err := v.secret()
	if err != nil {
		return err
	}
	_, err = c.dynamic.Resource(secrets).Namespace(v.Namespace).Apply(ctx, secret.GetName(), secret, metav1.ApplyOptions{FieldManager: "helm", Force: true})
	return err
}

func (c *client) forget(ctx context.Context, v *revision) error {
	return c.dynamic.Resource(secrets).Namespace(v.Namespace).Delete(ctx, secretName(v.Name, v.Version), metav1.DeleteOptions{})
}
