// Package credential puts what a workload proves itself with where it is read:
// as files in a Kubernetes Secret of the one namespace that uses it, and for
// people and for the next cluster in Secret Manager, in one region, under that
// region's key. It makes no credential: it is given them.
//
// A secret of its own in each region, instead of one that is replicated: the
// places of a replicated one cannot be changed without making it anew, and a
// region that is out would hold the others up.
package credential

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/secretmanager"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:credential:Credential"

// File names that several workloads agree on.
const (
	CA          = "ca.crt"
	Certificate = "tls.crt"
	Key         = "tls.key"
	User        = "username"
	Password    = "password"
)

// Args says what lies where.
type Args struct {
	Project   pulumi.StringInput // with SecretManager on
	Region    string
	SecretKey pulumi.StringInput // granted to Secret Manager's agent, in the region

	Provider  pulumi.ProviderResource // of the region's cluster
	Namespace pulumi.StringInput
	Name      string // of the Kubernetes Secret, which pods mount

	Files map[string]pulumi.StringInput
}

// Credential is a set of files that is in place.
type Credential struct {
	pulumi.ResourceState

	Secret pulumi.StringOutput `pulumi:"secret"` // in Secret Manager
	Name   pulumi.StringOutput `pulumi:"name"`   // of the Kubernetes Secret
}

func (a *Args) validate() error {
	var errs []error
	if a.Project == nil || a.SecretKey == nil || a.Provider == nil || a.Namespace == nil {
		errs = append(errs, errors.New("Args.Project, SecretKey, Provider and Namespace are required"))
	}
	if a.Region == "" || a.Name == "" || len(a.Files) == 0 {
		errs = append(errs, errors.New("Args.Region, Name or Files is empty"))
	}
	return errors.Join(errs...)
}

// New puts the files in place.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Credential, error) {
	if args == nil {
		return nil, fmt.Errorf("credential.New %q: Args is nil", name)
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("credential.New %q: %w", name, err)
	}
	c := &Credential{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{"region": pulumi.String(args.Region)}, c, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	if err := c.newSecret(ctx, name, args); err != nil {
		return nil, err
	}
	encoded := pulumi.StringMap{}
	for file, content := range args.Files {
		encoded[file] = content.ToStringOutput().ApplyT(func(text string) string {
			return base64.StdEncoding.EncodeToString([]byte(text))
		}).(pulumi.StringOutput)
	}
	made, err := corev1.NewSecret(ctx, name+"-files", &corev1.SecretArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(args.Name), Namespace: args.Namespace},
		Type:     pulumi.String("Opaque"),
		Data:     pulumi.ToSecret(encoded).(pulumi.StringMapOutput),
	}, pulumi.Parent(c), pulumi.Provider(args.Provider))
	if err != nil {
		return nil, fmt.Errorf("create the Kubernetes Secret %s: %w", args.Name, err)
	}
	c.Name = made.Metadata.Name().Elem()
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"secret": c.Secret, "name": c.Name})
}

func (c *Credential) newSecret(ctx *pulumi.Context, name string, args *Args) error {
	secret, err := secretmanager.NewSecret(ctx, name+"-secret", &secretmanager.SecretArgs{
		Project:  args.Project,
		SecretId: pulumi.String(name),
		Labels:   pulumi.StringMap{"region": pulumi.String(args.Region)},
		Replication: secretmanager.SecretReplicationArgs{UserManaged: secretmanager.SecretReplicationUserManagedArgs{
			Replicas: secretmanager.SecretReplicationUserManagedReplicaArray{secretmanager.SecretReplicationUserManagedReplicaArgs{
				Location:                  pulumi.String(args.Region),
				CustomerManagedEncryption: secretmanager.SecretReplicationUserManagedReplicaCustomerManagedEncryptionArgs{KmsKeyName: args.SecretKey},
			}},
		}},
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("create the secret: %w", err)
	}
	_, err = secretmanager.NewSecretVersion(ctx, name+"-secret", &secretmanager.SecretVersionArgs{
		Secret: secret.ID(), SecretData: document(args.Files),
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("store the files: %w", err)
	}
	c.Secret = secret.ID().ToStringOutput()
	return nil
}

// document is all files as one JSON object, by name.
func document(files map[string]pulumi.StringInput) pulumi.StringOutput {
	names := slices.Sorted(maps.Keys(files))
	var contents []any
	for _, name := range names {
		contents = append(contents, files[name])
	}
	return pulumi.ToSecret(pulumi.All(contents...)).(pulumi.ArrayOutput).ApplyT(func(contents []any) (string, error) {
		object := map[string]string{}
		for i, name := range names {
			object[name], _ = contents[i].(string)
		}
		text, err := json.Marshal(object)
		return string(text), err
	}).(pulumi.StringOutput)
}
