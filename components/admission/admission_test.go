package admission_test

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/admission"
)

var project = pulumi.String("p")

func TestOnlyNamedImagesAreAdmitted(t *testing.T) {
	t.Parallel()
	signers := map[string]pulumi.StringInput{"ci": project}
	for name, row := range map[string]struct {
		signers map[string]pulumi.StringInput
		image   string
		want    string
	}{
		"every image of a path": {signers, "quay.io/a/*", "by path and digest"},
		"an image by its tag":   {signers, "quay.io/a:v1", "by path and digest"},
		"half a digest":         {signers, "quay.io/a@sha256:00", "by path and digest"},
		"nobody who attests":    {nil, "quay.io/a@sha256:" + strings.Repeat("0", 64), "no image of ours could run"},
	} {
		_, err := admission.New(nil, "x", &admission.Args{Project: project, Analysis: project, Key: project, Signers: row.signers, Admitted: []string{row.image}})
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: the error is %v, want %q", name, err, row.want)
		}
	}
}
