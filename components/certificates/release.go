package certificates

import (
	"fmt"
	"strings"

	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	schedulingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/scheduling/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/helm"
	"github.com/avila-devops/saas/components/identity"
)

const (
	release = "cert-manager"
	// priority puts cert-manager before the apps: a node that is short of room
	// must not let certificates run out. The system's own classes are Google's.
	priority      = "certificates"
	priorityValue = 100000
	replicas      = 2
	// readySeconds is how long the release may take, with its webhook answering.
	readySeconds = 600
	// securePort of the webhook is one that the firewall of every GKE cluster
	// lets its control plane connect to.
	securePort  = 10250
	metricsPort = 9402
)

// nameServers answer whether a record is seen by the world. The cluster's own
// would answer from what they remember.
var nameServers = []string{"8.8.8.8", "1.1.1.1"}

// newRelease runs the chart. What it returns is the namespace, known once the
// webhook answers.
func newRelease(ctx *pulumi.Context, name string, args *Args, namespace pulumi.StringInput, child []pulumi.ResourceOption) (pulumi.StringOutput, error) {
	class, err := schedulingv1.NewPriorityClass(ctx, name+"-priority", &schedulingv1.PriorityClassArgs{
		Metadata:    metav1.ObjectMetaArgs{Name: pulumi.String(priority)},
		Value:       pulumi.Int(priorityValue),
		Description: pulumi.String("What issues certificates: without it, the edge goes dark within weeks and services within a day."),
	}, child...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("create the priority class: %w", err)
	}
	made, err := helm.New(ctx, name+"-release", &helm.Args{
		Name: release, Namespace: namespace, Chart: args.Chart, Seconds: readySeconds,
		Values: values(args, namespace, class.Metadata.Name().Elem()),
	}, child...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("run the chart %s: %w", args.Chart.Name, err)
	}
	return once(namespace, made.ID()), nil
}

// values are where we want it otherwise than the chart. Its security contexts
// satisfy the restricted standard as they are, and the namespace wants it.
func values(args *Args, namespace, class pulumi.StringInput) pulumi.Map {
	controller := deployment("controller", args.Images.Controller, 256)
	for key, value := range (pulumi.Map{
		"global": pulumi.Map{
			"priorityClassName": class,
			// kube-system is Google's on GKE.
			"leaderElection": pulumi.Map{"namespace": namespace},
		},
		// Without definitions every certificate would go, and with them every key.
		"crds":           pulumi.Map{"enabled": pulumi.Bool(true), "keep": pulumi.Bool(true)},
		"serviceAccount": pulumi.Map{"name": pulumi.String(Workload), "annotations": pulumi.Map{identity.Annotation: args.Account}},
		// A Secret outlives its Certificate: what serves with it goes on.
		"enableCertificateOwnerRef":     pulumi.Bool(false),
		"dns01RecursiveNameservers":     pulumi.String(strings.Join(nameServers, ":53,") + ":53"),
		"dns01RecursiveNameserversOnly": pulumi.Bool(true),
		"prometheus":                    pulumi.Map{"enabled": pulumi.Bool(true)},
		"cainjector":                    deployment("cainjector", args.Images.CAInjector, 256),
		"startupapicheck":               pulumi.Map{"image": image(args.Images.StartupCheck), "resources": resources(64)},
	}) {
		controller[key] = value
	}
	webhook := deployment("webhook", args.Images.Webhook, 128)
	webhook["securePort"] = pulumi.Int(securePort)
	// An API server that waits longer blocks whoever asks it.
	webhook["timeoutSeconds"] = pulumi.Int(10)
	controller["webhook"] = webhook
	return controller
}

// deployment is what the three Deployments have alike.
func deployment(component, reference string, memoryMiB int) pulumi.Map {
	return pulumi.Map{
		"image":               image(reference),
		"replicaCount":        pulumi.Int(replicas),
		"podDisruptionBudget": pulumi.Map{"enabled": pulumi.Bool(true), "maxUnavailable": pulumi.Int(1)},
		"resources":           resources(memoryMiB),
		"topologySpreadConstraints": pulumi.Array{pulumi.Map{
			"topologyKey": pulumi.String("topology.kubernetes.io/zone"), "maxSkew": pulumi.Int(1), "whenUnsatisfiable": pulumi.String("DoNotSchedule"),
			"labelSelector": pulumi.Map{"matchLabels": pulumi.StringMap{componentLabel: pulumi.String(component), instanceLabel: pulumi.String(release)}},
		}},
	}
}

// image splits a reference as the chart takes it.
func image(reference string) pulumi.Map {
	repository, digest, _ := strings.Cut(reference, "@")
	return pulumi.Map{"repository": pulumi.String(repository), "digest": pulumi.String(digest)}
}

// resources has no limit on CPU: a throttled webhook holds up the API server.
func resources(memoryMiB int) pulumi.Map {
	memory := pulumi.String(fmt.Sprintf("%dMi", memoryMiB))
	return pulumi.Map{
		"requests": pulumi.Map{"cpu": pulumi.String("50m"), "memory": memory}, "limits": pulumi.Map{"memory": memory},
	}
}
