package gateway

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newConfig names the ConfigMap by its content: a change makes a new one, and
// the Deployment that refers to it rolls over to it. Pods that restart
// meanwhile still find the old.
func newConfig(ctx *pulumi.Context, name string, args *Args, text string, child []pulumi.ResourceOption) (pulumi.StringOutput, error) {
	sum := sha256.Sum256([]byte(text))
	config, err := corev1.NewConfigMap(ctx, name+"-config", &corev1.ConfigMapArgs{
		Metadata:  metav1.ObjectMetaArgs{Name: pulumi.String(Name + "-" + hex.EncodeToString(sum[:5])), Namespace: args.Namespace, Labels: labels()},
		Immutable: pulumi.Bool(true),
		Data:      pulumi.StringMap{configFile: pulumi.String(text)},
	}, child...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("create the configuration: %w", err)
	}
	return config.Metadata.Name().Elem(), nil
}

func newAccount(ctx *pulumi.Context, name string, args *Args, child []pulumi.ResourceOption) (pulumi.StringOutput, error) {
	account, err := corev1.NewServiceAccount(ctx, name+"-account", &corev1.ServiceAccountArgs{
		Metadata:                     metav1.ObjectMetaArgs{Name: pulumi.String(Name), Namespace: args.Namespace, Labels: labels()},
		AutomountServiceAccountToken: pulumi.Bool(false),
	}, child...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("create the service account: %w", err)
	}
	return account.Metadata.Name().Elem(), nil
}
