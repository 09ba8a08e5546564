package app

import (
	"fmt"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Seconds that a stopping pod has: drainSeconds while load balancers learn
// that it is going, and stopSeconds in all before it is killed.
const (
	drainSeconds = 10
	stopSeconds  = 45
)

// user is the unprivileged user that the images run as.
const user = 65532

func newDeployment(ctx *pulumi.Context, name string, args *Args, account pulumi.StringInput, child []pulumi.ResourceOption) error {
	opts := append([]pulumi.ResourceOption{}, child...)
	// The autoscaler owns the count.
	opts = append(opts, pulumi.IgnoreChanges([]string{"spec.replicas"}))
	_, err := appsv1.NewDeployment(ctx, name+"-deployment", &appsv1.DeploymentArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(args.Service), Namespace: args.Namespace, Labels: labels(args)},
		Spec: appsv1.DeploymentSpecArgs{
			Replicas:             pulumi.Int(args.MinReplicas),
			RevisionHistoryLimit: pulumi.Int(5),
			MinReadySeconds:      pulumi.Int(5),
			Selector:             metav1.LabelSelectorArgs{MatchLabels: selector(args)},
			Strategy: appsv1.DeploymentStrategyArgs{
				Type:          pulumi.String("RollingUpdate"),
				RollingUpdate: appsv1.RollingUpdateDeploymentArgs{MaxUnavailable: pulumi.Int(1), MaxSurge: pulumi.Int(1)},
			},
			Template: corev1.PodTemplateSpecArgs{
				Metadata: metav1.ObjectMetaArgs{Labels: labels(args)},
				Spec:     pod(args, account),
			},
		},
	}, opts...)
	if err != nil {
		return fmt.Errorf("create the deployment: %w", err)
	}
	return nil
}

func pod(args *Args, account pulumi.StringInput) corev1.PodSpecArgs {
	return corev1.PodSpecArgs{
		Volumes:                       volumes(args),
		ServiceAccountName:            account,
		AutomountServiceAccountToken:  pulumi.Bool(false),
		EnableServiceLinks:            pulumi.Bool(false),
		TerminationGracePeriodSeconds: pulumi.Int(stopSeconds),
		SecurityContext: corev1.PodSecurityContextArgs{
			RunAsNonRoot: pulumi.Bool(true), RunAsUser: pulumi.Int(user), RunAsGroup: pulumi.Int(user), FsGroup: pulumi.Int(user),
			SeccompProfile: corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
		},
		TopologySpreadConstraints: corev1.TopologySpreadConstraintArray{
			spread("topology.kubernetes.io/zone", args), spread("kubernetes.io/hostname", args),
		},
		Containers: corev1.ContainerArray{corev1.ContainerArgs{
			Name:  pulumi.String(args.Service),
			Image: pulumi.String(args.Image),
			Ports: corev1.ContainerPortArray{
				corev1.ContainerPortArgs{Name: pulumi.String("http"), ContainerPort: pulumi.Int(args.Port)},
				corev1.ContainerPortArgs{Name: pulumi.String("admin"), ContainerPort: pulumi.Int(args.Admin)},
			},
			Env:          environment(args),
			VolumeMounts: mounts(args),
			Resources: corev1.ResourceRequirementsArgs{
				Requests: pulumi.StringMap{"cpu": cpu(args.MilliCPU), "memory": pulumi.Sprintf("%dMi", args.MemoryMiB)},
				// No limit on CPU: a throttled pod is slow while the node idles.
				Limits: pulumi.StringMap{"memory": pulumi.Sprintf("%dMi", args.MemoryMiB)},
			},
			SecurityContext: corev1.SecurityContextArgs{
				AllowPrivilegeEscalation: pulumi.Bool(false), ReadOnlyRootFilesystem: pulumi.Bool(true), Privileged: pulumi.Bool(false),
				Capabilities: corev1.CapabilitiesArgs{Drop: pulumi.ToStringArray([]string{"ALL"})},
			},
			StartupProbe:   probe("/healthz", 2, 30),
			LivenessProbe:  probe("/healthz", 10, 3),
			ReadinessProbe: probe("/readyz", 5, 2),
		}},
	}
}

func spread(key string, args *Args) corev1.TopologySpreadConstraintArgs {
	return corev1.TopologySpreadConstraintArgs{
		TopologyKey: pulumi.String(key), MaxSkew: pulumi.Int(1), WhenUnsatisfiable: pulumi.String("ScheduleAnyway"),
		LabelSelector: metav1.LabelSelectorArgs{MatchLabels: selector(args)},
	}
}

func probe(path string, periodSeconds, failures int) corev1.ProbeArgs {
	return corev1.ProbeArgs{
		HttpGet:          corev1.HTTPGetActionArgs{Path: pulumi.String(path), Port: pulumi.String("admin")},
		PeriodSeconds:    pulumi.Int(periodSeconds),
		FailureThreshold: pulumi.Int(failures),
		TimeoutSeconds:   pulumi.Int(2),
	}
}

// cpu writes cores in the form that the API server would: it stores "1000m"
// as "1", and a field that reads back otherwise looks changed.
func cpu(milli int) pulumi.String {
	if milli%1000 == 0 {
		return pulumi.String(fmt.Sprint(milli / 1000))
	}
	return pulumi.String(fmt.Sprintf("%dm", milli))
}
