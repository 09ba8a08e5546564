package kubernetes

import (
	"context"
	"fmt"
	"strings"

	"k8s.io/client-go/rest"
)

// collected is where the warnings of a request go.
type collected struct{ texts []string }

type collectedKey struct{}

// collector gives each warning of the API server to whoever asked.
type collector struct{}

// HandleWarningHeaderWithContext keeps the warning for the caller, if it cares.
func (collector) HandleWarningHeaderWithContext(ctx context.Context, _ int, _ string, text string) {
	if c, ok := ctx.Value(collectedKey{}).(*collected); ok {
		c.texts = append(c.texts, text)
	}
}

var _ rest.WarningHandlerWithContext = collector{}

// collecting returns a context whose requests leave their warnings in c. The
// requests follow each other.
func collecting(ctx context.Context, c *collected) context.Context {
	return context.WithValue(ctx, collectedKey{}, c)
}

// remarks turns the server's warnings into an error: what it only warns of
// today it drops or refuses tomorrow.
func remarks(c *collected) error {
	if len(c.texts) == 0 {
		return nil
	}
	return fmt.Errorf("the API server warns: %s", strings.Join(c.texts, "; "))
}
