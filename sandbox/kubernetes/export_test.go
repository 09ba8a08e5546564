package kubernetes

import (
	"io"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// Nothing that these tests wait for in vain takes as long as a program's may.
func init() { misorderPatience = 2 * time.Second }

// Tolerating is what repeats a change that came too early.
var Tolerating = tolerating

// Hear makes what the provider prints go to w.
func Hear(p plugin.Provider, w io.Writer) { p.(*standIn).says = w }
