package kubernetes

import (
	"context"
	"io"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Nothing that these tests wait for in vain takes as long as a program's may.
func init() { misorderPatience = 2 * time.Second }

// Tolerating is what repeats a change that came too early.
var Tolerating = tolerating

// Hear has the provider's remarks go to w.
func Hear(p plugin.Provider, w io.Writer) {
	p.(*standIn).remark = func(_ context.Context, _ resource.URN, text string) error {
		_, err := io.WriteString(w, text)
		return err
	}
}
