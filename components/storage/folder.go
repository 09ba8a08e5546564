package storage

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/serviceaccount"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/storage"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// objectUser reads, writes, lists and deletes objects, and may not say who
// else does.
const objectUser = "roles/storage.objectUser"

// Tenant is one that has files.
type Tenant struct {
	ID      string
	Folder  string // path in the bucket, with a slash at its end
	Account string // id of the account that reaches the folder, and nothing else
	Active  bool   // the account of one who is not can do nothing
}

func (t Tenant) validate() error {
	if t.ID == "" || t.Account == "" || !strings.HasSuffix(t.Folder, "/") {
		return fmt.Errorf("tenant %q has folder %q and account %q: it needs an id, a folder that ends in a slash, and an account", t.ID, t.Folder, t.Account)
	}
	return nil
}

// newFolder makes a tenant's folder and the account by which an app acts for
// that tenant: an app that serves many tenants holds no right on files itself,
// so that a mistake in it cannot hand one tenant's files to another.
func (m *Media) newFolder(ctx *pulumi.Context, name string, args *Args, tenant Tenant) (pulumi.StringOutput, error) {
	var none pulumi.StringOutput
	account, err := serviceaccount.NewAccount(ctx, name+"-account", &serviceaccount.AccountArgs{
		Project:     args.Accounts,
		AccountId:   pulumi.String(tenant.Account),
		DisplayName: pulumi.String("Files of tenant " + tenant.ID),
		Description: pulumi.String("Reaches " + tenant.Folder + " in the media bucket; apps act as it for requests of this tenant."),
		Disabled:    pulumi.Bool(!tenant.Active),
	}, pulumi.Parent(m))
	if err != nil {
		return none, fmt.Errorf("create the account: %w", err)
	}
	folder, err := storage.NewManagedFolder(ctx, name+"-folder", &storage.ManagedFolderArgs{
		Bucket: m.Bucket,
		Name:   pulumi.String(tenant.Folder),
		// Files are removed by who erases the tenant, and not by the way.
		ForceDestroy: pulumi.Bool(false),
	}, pulumi.Parent(m))
	if err != nil {
		return none, fmt.Errorf("create the folder: %w", err)
	}
	if tenant.Active {
		_, err = storage.NewManagedFolderIamMember(ctx, name+"-access", &storage.ManagedFolderIamMemberArgs{
			Bucket:        folder.Bucket,
			ManagedFolder: folder.Name,
			Role:          pulumi.String(objectUser),
			Member:        account.Member,
		}, pulumi.Parent(m))
		if err != nil {
			return none, fmt.Errorf("give access to the folder: %w", err)
		}
	}
	return account.Email, nil
}
