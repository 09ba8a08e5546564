package kubernetes_test

import (
	"errors"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/avila-devops/saas/sandbox/kubernetes"
)

func TestAChangeThatCameTooEarlyIsRepeated(t *testing.T) {
	t.Parallel()
	missing := apierrors.NewNotFound(schema.GroupResource{Resource: "namespaces"}, "soon")
	refused := errors.New("refused")
	for name, row := range map[string]struct {
		answers []error // the last one stays
		times   int
		want    error
	}{
		"at once":               {[]error{nil}, 1, nil},
		"no namespace yet":      {[]error{missing, nil}, 2, nil},
		"no such kind yet":      {[]error{&meta.NoKindMatchError{}, &meta.NoKindMatchError{}, nil}, 3, nil},
		"refused":               {[]error{refused}, 1, refused},
		"refused the next time": {[]error{missing, refused}, 2, refused},
	} {
		calls := 0
		err := kubernetes.Tolerating(t.Context(), func() error {
			calls++
			return row.answers[min(calls, len(row.answers))-1]
		})
		if calls != row.times || !errors.Is(err, row.want) {
			t.Errorf("%s: %d calls give %v, want %d and %v", name, calls, err, row.times, row.want)
		}
	}
}
