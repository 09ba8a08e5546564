package gateway

import (
	"fmt"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Seconds that a stopping pod has: drainSeconds in which it still accepts,
// while the load balancer takes it out of its group, and stopSeconds in all
// before it is killed. nginx cuts what is still open 30 s after its signal.
const (
	drainSeconds = 25
	stopSeconds  = 60
)

// user is unprivileged, and owns nothing in the image.
const user = 65532

// newDeployment runs nginx. What it returns is known once the pods are ready.
func newDeployment(ctx *pulumi.Context, name string, args *Args, namespace, account, config pulumi.StringInput, child []pulumi.ResourceOption) (pulumi.StringOutput, error) {
	opts := append([]pulumi.ResourceOption{}, child...)
	// The autoscaler owns the count.
	opts = append(opts, pulumi.IgnoreChanges([]string{"spec.replicas"}))
	deployment, err := appsv1.NewDeployment(ctx, name+"-deployment", &appsv1.DeploymentArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(Name), Namespace: namespace, Labels: labels()},
		Spec: appsv1.DeploymentSpecArgs{
			Replicas:             pulumi.Int(args.MinReplicas),
			RevisionHistoryLimit: pulumi.Int(5),
			MinReadySeconds:      pulumi.Int(10),
			Selector:             metav1.LabelSelectorArgs{MatchLabels: selector()},
			Strategy: appsv1.DeploymentStrategyArgs{
				Type: pulumi.String("RollingUpdate"),
				// The edge never has less than it needs while it changes.
				RollingUpdate: appsv1.RollingUpdateDeploymentArgs{MaxUnavailable: pulumi.Int(0), MaxSurge: pulumi.Int(1)},
			},
			Template: corev1.PodTemplateSpecArgs{
				Metadata: metav1.ObjectMetaArgs{Labels: labels()},
				Spec:     pod(args, account, config),
			},
		},
	}, opts...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("create the deployment: %w", err)
	}
	return deployment.Metadata.Name().Elem(), nil
}

func pod(args *Args, account, config pulumi.StringInput) corev1.PodSpecArgs {
	return corev1.PodSpecArgs{
		ServiceAccountName:            account,
		AutomountServiceAccountToken:  pulumi.Bool(false),
		EnableServiceLinks:            pulumi.Bool(false),
		TerminationGracePeriodSeconds: pulumi.Int(stopSeconds),
		SecurityContext: corev1.PodSecurityContextArgs{
			RunAsNonRoot: pulumi.Bool(true), RunAsUser: pulumi.Int(user), RunAsGroup: pulumi.Int(user), FsGroup: pulumi.Int(user),
			SeccompProfile: corev1.SeccompProfileArgs{Type: pulumi.String("RuntimeDefault")},
		},
		TopologySpreadConstraints: corev1.TopologySpreadConstraintArray{
			// An endpoint group of a zone without a pod is empty, and the load
			// balancer sends what belonged there farther away.
			spread("topology.kubernetes.io/zone", "DoNotSchedule"), spread("kubernetes.io/hostname", "ScheduleAnyway"),
		},
		Containers: corev1.ContainerArray{container(args)},
		Volumes: corev1.VolumeArray{
			corev1.VolumeArgs{Name: pulumi.String("config"), ConfigMap: corev1.ConfigMapVolumeSourceArgs{Name: config, DefaultMode: pulumi.Int(0o444)}},
			corev1.VolumeArgs{Name: pulumi.String("certificate"), Secret: corev1.SecretVolumeSourceArgs{
				SecretName: args.Certificate, DefaultMode: pulumi.Int(0o440),
			}},
			corev1.VolumeArgs{Name: pulumi.String("scratch"), EmptyDir: corev1.EmptyDirVolumeSourceArgs{SizeLimit: pulumi.String("1Gi")}},
		},
	}
}

func container(args *Args) corev1.ContainerArgs {
	return corev1.ContainerArgs{
		Name:  pulumi.String("nginx"),
		Image: pulumi.String(args.Image),
		// The image's own entry point edits its configuration, which here cannot
		// be written to.
		Command: pulumi.ToStringArray([]string{"nginx", "-e", "/dev/stderr", "-c", configDir + "/" + configFile, "-g", "daemon off;"}),
		Ports: corev1.ContainerPortArray{
			port("https", HTTPSPort), port("http", HTTPPort), port("health", HealthPort),
		},
		Lifecycle: corev1.LifecycleArgs{PreStop: corev1.LifecycleHandlerArgs{Sleep: corev1.SleepActionArgs{Seconds: pulumi.Int(drainSeconds)}}},
		Resources: corev1.ResourceRequirementsArgs{
			Requests: pulumi.StringMap{"cpu": cpu(args.MilliCPU), "memory": pulumi.Sprintf("%dMi", args.MemoryMiB)},
			// No limit on CPU: a throttled gateway slows every app down.
			Limits: pulumi.StringMap{"memory": pulumi.Sprintf("%dMi", args.MemoryMiB)},
		},
		SecurityContext: corev1.SecurityContextArgs{
			AllowPrivilegeEscalation: pulumi.Bool(false), ReadOnlyRootFilesystem: pulumi.Bool(true), Privileged: pulumi.Bool(false),
			Capabilities: corev1.CapabilitiesArgs{Drop: pulumi.ToStringArray([]string{"ALL"})},
		},
		VolumeMounts: corev1.VolumeMountArray{
			corev1.VolumeMountArgs{Name: pulumi.String("config"), MountPath: pulumi.String(configDir), ReadOnly: pulumi.Bool(true)},
			corev1.VolumeMountArgs{Name: pulumi.String("certificate"), MountPath: pulumi.String(certificateDir), ReadOnly: pulumi.Bool(true)},
			corev1.VolumeMountArgs{Name: pulumi.String("scratch"), MountPath: pulumi.String(scratchDir)},
		},
		StartupProbe:   probe(1, 30),
		LivenessProbe:  probe(10, 3),
		ReadinessProbe: probe(5, 2),
	}
}

func port(name string, number int) corev1.ContainerPortArgs {
	return corev1.ContainerPortArgs{Name: pulumi.String(name), ContainerPort: pulumi.Int(number)}
}

func spread(key, otherwise string) corev1.TopologySpreadConstraintArgs {
	return corev1.TopologySpreadConstraintArgs{
		TopologyKey: pulumi.String(key), MaxSkew: pulumi.Int(1), WhenUnsatisfiable: pulumi.String(otherwise),
		LabelSelector: metav1.LabelSelectorArgs{MatchLabels: selector()},
	}
}

func probe(periodSeconds, failures int) corev1.ProbeArgs {
	return corev1.ProbeArgs{
		HttpGet:          corev1.HTTPGetActionArgs{Path: pulumi.String(HealthPath), Port: pulumi.String("health")},
		PeriodSeconds:    pulumi.Int(periodSeconds),
		FailureThreshold: pulumi.Int(failures),
		TimeoutSeconds:   pulumi.Int(2),
	}
}

// cpu writes cores as the API server would: it stores "1000m" as "1".
func cpu(milli int) pulumi.String {
	if milli%1000 == 0 {
		return pulumi.String(fmt.Sprint(milli / 1000))
	}
	return pulumi.String(fmt.Sprintf("%dm", milli))
}
