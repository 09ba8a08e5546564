package kubernetes

import (
	"context"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var (
	pods     = schema.GroupVersionResource{Version: "v1", Resource: "pods"}
	accounts = schema.GroupVersionResource{Version: "v1", Resource: "serviceaccounts"}
)

// admit lets the cluster judge the pod that the object would make, before the
// object is there: no controller makes it, so nobody would see it refused. A
// preview leaves out what the same update may still be making: images and
// service accounts.
func (s *standIn) admit(ctx context.Context, at place, object *unstructured.Unstructured, preview bool) error {
	spec, pod := podOf(object)
	if spec == nil {
		return nil
	}
	if !preview {
		if err := s.pull(ctx, spec); err != nil {
			return err
		}
	}
	if pod == nil {
		return nil // a Pod is judged when it is applied
	}
	options := metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}, FieldManager: defaultManager, FieldValidation: metav1.FieldValidationStrict}
	_, err := at.client.dynamic.Resource(pods).Namespace(object.GetNamespace()).Create(ctx, pod, options)
	if preview && waitsForClass(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("its pods would be refused: %w", err)
	}
	if err := at.client.fits(ctx, object, preview); err != nil {
		return fmt.Errorf("its pods would be refused: %w", err)
	}
	if name, _, _ := unstructured.NestedString(spec, "serviceAccountName"); !preview && name != "" && name != "default" {
		// The admission that looks for it waits for a controller, so it is off.
		_, err := at.client.dynamic.Resource(accounts).Namespace(object.GetNamespace()).Get(ctx, name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			return fmt.Errorf("its pods would be refused: error looking up service account %s/%s: %w", object.GetNamespace(), name, err)
		}
		return err
	}
	return nil
}

// waitsForClass says whether the pod needs a class that the same update may
// still be making.
func waitsForClass(err error) bool {
	return apierrors.IsForbidden(err) && (strings.Contains(err.Error(), "PriorityClass") || strings.Contains(err.Error(), "RuntimeClass"))
}
