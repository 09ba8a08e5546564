package gcloud

import (
	"context"
	"errors"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/sandbox/gcp"
)

// authorities changes the server CAs of an instance, and prints the one that it
// is about: the added one, or the one that is in use now.
func authorities(change func(*gcp.Hand, context.Context, string) (resource.PropertyMap, error)) func(context.Context, *call) error {
	return func(ctx context.Context, c *call) error {
		instance := c.flags["instance"]
		if instance == "" {
			return errors.New("--instance is missing")
		}
		ca, err := change(c.hand, ctx, instance)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "SHA1_FINGERPRINT  EXPIRATION\n%s  %s\n", ca["sha1Fingerprint"].StringValue(), ca["expirationTime"].StringValue())
		return nil
	}
}
