package cdn

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/compute"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/secretmanager"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// A signing key is 16 bytes in the URL-safe form of base64: 21 characters of
// its alphabet, and an end that makes them whole. That leaves 126 bits to
// chance. https://cloud.google.com/cdn/docs/using-signed-urls#creatingkeys
const (
	keyCharacters = 21
	keyEnd        = "A=="
)

// signer is what an app signs with.
type signer struct {
	Name string `json:"name"`
	Key  string `json:"key"`
}

// newSigning makes the keys, gives every generation to every backend, and puts
// the one that signs where apps may read it. It returns the ids of the keys.
func (c *CDN) newSigning(ctx *pulumi.Context, name string, args *Args, backends []*compute.BackendBucket) ([]any, error) {
	var made []any
	var signs pulumi.StringOutput
	for i, generation := range args.SigningKeys {
		called := fmt.Sprintf("key-%d", generation)
		password, err := random.NewRandomPassword(ctx, fmt.Sprintf("%s-%s", name, called), &random.RandomPasswordArgs{
			Length: pulumi.Int(keyCharacters), Special: pulumi.Bool(true), OverrideSpecial: pulumi.String("-_"),
		}, pulumi.Parent(c))
		if err != nil {
			return nil, fmt.Errorf("make signing key %d: %w", generation, err)
		}
		value := pulumi.Sprintf("%s%s", password.Result, keyEnd)
		for at, class := range classes {
			key, err := compute.NewBackendBucketSignedUrlKey(ctx, fmt.Sprintf("%s-%s-%s", name, class.name, called), &compute.BackendBucketSignedUrlKeyArgs{
				Project: args.Project, BackendBucket: backends[at].Name, Name: pulumi.String(called), KeyValue: value,
			}, pulumi.Parent(c))
			if err != nil {
				return nil, fmt.Errorf("give signing key %d to %s: %w", generation, class.name, err)
			}
			made = append(made, key.ID())
		}
		if i == 0 {
			signs = value.ApplyT(func(key string) (string, error) {
				text, err := json.Marshal(signer{called, key})
				return string(text), err
			}).(pulumi.StringOutput)
		}
	}
	return made, c.newSigner(ctx, name, args, signs)
}

func (c *CDN) newSigner(ctx *pulumi.Context, name string, args *Args, signs pulumi.StringInput) error {
	secret, err := secretmanager.NewSecret(ctx, name+"-signer", &secretmanager.SecretArgs{
		Project:  args.Secrets,
		SecretId: pulumi.String(name + "-signer"),
		Replication: secretmanager.SecretReplicationArgs{UserManaged: secretmanager.SecretReplicationUserManagedArgs{
			Replicas: secretmanager.SecretReplicationUserManagedReplicaArray{secretmanager.SecretReplicationUserManagedReplicaArgs{
				Location: pulumi.String(args.Region),
				CustomerManagedEncryption: secretmanager.SecretReplicationUserManagedReplicaCustomerManagedEncryptionArgs{
					KmsKeyName: args.SecretKey,
				},
			}},
		}},
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("create the signer's secret: %w", err)
	}
	_, err = secretmanager.NewSecretVersion(ctx, name+"-signer", &secretmanager.SecretVersionArgs{
		Secret: secret.ID(), SecretData: signs,
	}, pulumi.Parent(c))
	if err != nil {
		return fmt.Errorf("store the signer's key: %w", err)
	}
	c.Signer = secret.ID().ToStringOutput()
	return nil
}
