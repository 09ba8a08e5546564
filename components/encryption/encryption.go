// Package encryption makes the customer-managed keys of one region: a key for
// each use, in an HSM, turned every 90 days, and the grants by which Google's
// services use them. Keys that sign are made here too; who signs is granted
// elsewhere. Nobody here may both administer a key and use it.
package encryption

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:encryption:Keys"

// Rotation is how long a key version is used for new data: 90 days, the most
// that CIS Google Cloud Foundations 1.10 accepts.
const Rotation = "7776000s"

// scheduledDestruction is how long a destroyed key version can be restored: 30
// days.
const scheduledDestruction = "2592000s"

const encrypterDecrypter = "roles/cloudkms.cryptoKeyEncrypterDecrypter"

// Use is what a key encrypts. It names the key.
type Use string

// Args says where the keys live and who uses them.
type Args struct {
	Project pulumi.StringInput // with KMS on
	Region  string
	Users   map[Use][]User
	Labels  map[string]string
	Signing []Use // keys that sign; who may is granted by whom they sign for
	Protect bool  // refuse to delete keys: what they encrypt would be lost
}

// User is a service agent that may use a key. Name tells the grants of one key
// apart.
type User struct {
	Name  string
	Email pulumi.StringInput
}

// Keys are the keys of one region.
type Keys struct {
	pulumi.ResourceState

	KeyRing pulumi.StringOutput `pulumi:"keyRing"`

	ready map[Use]pulumi.StringOutput
}

func (a *Args) validate() error {
	var errs []error
	if a.Project == nil {
		errs = append(errs, errors.New("Args.Project is required"))
	}
	if a.Region == "" {
		errs = append(errs, errors.New("Args.Region is empty"))
	}
	for use, users := range a.Users {
		if len(users) == 0 {
			errs = append(errs, fmt.Errorf("key %q has no user", use))
		}
	}
	for _, use := range a.Signing {
		if _, twice := a.Users[use]; twice {
			errs = append(errs, fmt.Errorf("key %q would both encrypt and sign", use))
		}
	}
	return errors.Join(errs...)
}

// New makes the keys.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Keys, error) {
	if args == nil {
		return nil, fmt.Errorf("encryption.New %q: Args is nil", name)
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("encryption.New %q: %w", name, err)
	}
	k := &Keys{ready: map[Use]pulumi.StringOutput{}}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{"region": pulumi.String(args.Region)}, k, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	ring, err := kms.NewKeyRing(ctx, name+"-ring", &kms.KeyRingArgs{
		Project:  args.Project,
		Location: pulumi.String(args.Region),
	}, pulumi.Parent(k))
	if err != nil {
		return nil, fmt.Errorf("create the key ring: %w", err)
	}
	k.KeyRing = ring.ID().ToStringOutput()
	for _, use := range slices.Sorted(maps.Keys(args.Users)) {
		if err := k.newKey(ctx, name+"-"+string(use), args, args.Users[use], use); err != nil {
			return nil, fmt.Errorf("key %s: %w", use, err)
		}
	}
	for _, use := range args.Signing {
		if err := k.newSigningKey(ctx, name+"-"+string(use), args, use); err != nil {
			return nil, fmt.Errorf("signing key %s: %w", use, err)
		}
	}
	return k, ctx.RegisterResourceOutputs(k, pulumi.Map{"keyRing": k.KeyRing})
}

func (k *Keys) newKey(ctx *pulumi.Context, name string, args *Args, users []User, use Use) error {
	key, err := kms.NewCryptoKey(ctx, name, &kms.CryptoKeyArgs{
		KeyRing:                  k.KeyRing,
		Labels:                   pulumi.ToStringMap(args.Labels),
		Purpose:                  pulumi.String("ENCRYPT_DECRYPT"),
		RotationPeriod:           pulumi.String(Rotation),
		DestroyScheduledDuration: pulumi.String(scheduledDestruction),
		VersionTemplate: kms.CryptoKeyVersionTemplateArgs{
			Algorithm:       pulumi.String("GOOGLE_SYMMETRIC_ENCRYPTION"),
			ProtectionLevel: pulumi.String("HSM"),
		},
	}, pulumi.Parent(k), pulumi.Protect(args.Protect))
	if err != nil {
		return err
	}
	granted := []any{key.ID()}
	for _, user := range users {
		grant, err := kms.NewCryptoKeyIAMMember(ctx, name+"-"+user.Name, &kms.CryptoKeyIAMMemberArgs{
			CryptoKeyId: key.ID(),
			Role:        pulumi.String(encrypterDecrypter),
			Member:      pulumi.Sprintf("serviceAccount:%s", user.Email),
		}, pulumi.Parent(k))
		if err != nil {
			return fmt.Errorf("grant to %s: %w", user.Name, err)
		}
		granted = append(granted, grant.ID())
	}
	k.ready[use] = pulumi.All(granted...).ApplyT(func(ids []any) string { return string(ids[0].(pulumi.ID)) }).(pulumi.StringOutput)
	return nil
}

// Key is the id of the key for a use, known once every user of it has its
// grant. It panics on a use that Args did not name.
func (k *Keys) Key(use Use) pulumi.StringOutput {
	id, ok := k.ready[use]
	if !ok {
		panic("encryption: no key for " + string(use))
	}
	return id
}
