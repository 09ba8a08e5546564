package app

import (
	"fmt"
	"maps"
	"slices"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// SecretsDir is where pods find the files of their Secrets.
const SecretsDir = "/secrets"

// readable lets the pods' own group read the files, and nobody write them.
const readable = 0o440

// own are the environment variables that every service has from here.
var own = []string{"ADDRESS", "ADMIN_ADDRESS", "DRAIN"}

func environment(args *Args) corev1.EnvVarArray {
	all := corev1.EnvVarArray{
		env(own[0], pulumi.Sprintf(":%d", args.Port)), env(own[1], pulumi.Sprintf(":%d", args.Admin)), env(own[2], pulumi.String(fmt.Sprintf("%ds", drainSeconds))),
	}
	for _, name := range slices.Sorted(maps.Keys(args.Settings)) {
		all = append(all, env(name, args.Settings[name]))
	}
	return all
}

func env(name string, value pulumi.StringInput) corev1.EnvVarArgs {
	return corev1.EnvVarArgs{Name: pulumi.String(name), Value: value.ToStringOutput().ToStringPtrOutput()}
}

func volumes(args *Args) corev1.VolumeArray {
	var all corev1.VolumeArray
	for _, dir := range slices.Sorted(maps.Keys(args.Secrets)) {
		all = append(all, corev1.VolumeArgs{Name: pulumi.String(dir), Secret: corev1.SecretVolumeSourceArgs{
			SecretName: args.Secrets[dir].ToStringOutput().ToStringPtrOutput(), DefaultMode: pulumi.Int(readable),
		}})
	}
	return all
}

// mounts are of whole directories: a mount of a single file would not follow
// the Secret when it changes.
func mounts(args *Args) corev1.VolumeMountArray {
	var all corev1.VolumeMountArray
	for _, dir := range slices.Sorted(maps.Keys(args.Secrets)) {
		all = append(all, corev1.VolumeMountArgs{
			Name: pulumi.String(dir), MountPath: pulumi.String(SecretsDir + "/" + dir), ReadOnly: pulumi.Bool(true),
		})
	}
	return all
}
