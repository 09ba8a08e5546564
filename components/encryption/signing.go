package encryption

import (
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newSigningKey makes a key that signs. Asymmetric keys do not rotate by
// themselves: what checks signatures has to learn a new public key first.
func (k *Keys) newSigningKey(ctx *pulumi.Context, name string, args *Args, use Use) error {
	key, err := kms.NewCryptoKey(ctx, name, &kms.CryptoKeyArgs{
		KeyRing:                  k.KeyRing,
		Labels:                   pulumi.ToStringMap(args.Labels),
		Purpose:                  pulumi.String("ASYMMETRIC_SIGN"),
		DestroyScheduledDuration: pulumi.String(scheduledDestruction),
		VersionTemplate: kms.CryptoKeyVersionTemplateArgs{
			Algorithm:       pulumi.String("EC_SIGN_P256_SHA256"),
			ProtectionLevel: pulumi.String("HSM"),
		},
	}, pulumi.Parent(k), pulumi.Protect(args.Protect))
	if err != nil {
		return err //nolint:wrapcheck // the caller names the key
	}
	k.ready[use] = key.ID().ToStringOutput()
	return nil
}
