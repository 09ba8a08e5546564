package database

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/secretmanager"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/sql"
	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Provisioner is the account that makes the tenants' roles and schemas, and
// that no app uses.
const Provisioner = "provisioner"

// newProvisioner makes the account and puts its password where only the
// provisioning job may read it. The password stands nowhere else but in the
// encrypted state.
func (d *Database) newProvisioner(ctx *pulumi.Context, name string, args *Args, primary *sql.DatabaseInstance) error {
	password, err := random.NewRandomPassword(ctx, name+"-provisioner", &random.RandomPasswordArgs{
		Length: pulumi.Int(40), Special: pulumi.Bool(true), OverrideSpecial: pulumi.String("-_.~"),
		MinLower: pulumi.Int(1), MinUpper: pulumi.Int(1), MinNumeric: pulumi.Int(1), MinSpecial: pulumi.Int(1),
	}, pulumi.Parent(d))
	if err != nil {
		return fmt.Errorf("make the provisioner's password: %w", err)
	}
	_, err = sql.NewUser(ctx, name+"-provisioner", &sql.UserArgs{
		Project: primary.Project, Instance: primary.Name,
		Name: pulumi.String(Provisioner), Password: password.Result,
		// A role that owns objects cannot be dropped; it goes with the instance.
		DeletionPolicy: pulumi.String("ABANDON"),
	}, pulumi.Parent(d))
	if err != nil {
		return fmt.Errorf("create the user %s: %w", Provisioner, err)
	}
	secret, err := secretmanager.NewSecret(ctx, name+"-provisioner", &secretmanager.SecretArgs{
		Project:  args.Secrets,
		SecretId: pulumi.String(name + "-provisioner"),
		Replication: secretmanager.SecretReplicationArgs{UserManaged: secretmanager.SecretReplicationUserManagedArgs{
			Replicas: secretmanager.SecretReplicationUserManagedReplicaArray{secretmanager.SecretReplicationUserManagedReplicaArgs{
				Location: pulumi.String(args.SecretRegion),
				CustomerManagedEncryption: secretmanager.SecretReplicationUserManagedReplicaCustomerManagedEncryptionArgs{
					KmsKeyName: args.SecretKey,
				},
			}},
		}},
	}, pulumi.Parent(d))
	if err != nil {
		return fmt.Errorf("create the secret: %w", err)
	}
	_, err = secretmanager.NewSecretVersion(ctx, name+"-provisioner", &secretmanager.SecretVersionArgs{
		Secret: secret.ID(), SecretData: password.Result,
	}, pulumi.Parent(d))
	if err != nil {
		return fmt.Errorf("store the password: %w", err)
	}
	d.Secret = secret.ID().ToStringOutput()
	return nil
}
