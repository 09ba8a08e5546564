package audit

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/essentialcontacts"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newContacts names whom Google writes to. Without them Google writes to the
// owners of the project, of which there should be none.
func (a *Audit) newContacts(ctx *pulumi.Context, name string, args *Args) error {
	for _, contact := range args.Contacts {
		_, err := essentialcontacts.NewContact(ctx, name+"-contact-"+slug(contact.Email), &essentialcontacts.ContactArgs{
			Parent:                            pulumi.Sprintf("projects/%s", args.Contacting),
			Email:                             pulumi.String(contact.Email),
			LanguageTag:                       pulumi.String(contact.Language),
			NotificationCategorySubscriptions: pulumi.ToStringArray(contact.Categories),
		}, pulumi.Parent(a))
		if err != nil {
			return fmt.Errorf("%s: %w", contact.Email, err)
		}
	}
	return nil
}
