package stacks

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/avila-devops/saas/components/certificates"
	"github.com/avila-devops/saas/components/certificates/solver"
	"github.com/avila-devops/saas/components/helm"
	"github.com/avila-devops/saas/components/namespace"
	"github.com/avila-devops/saas/components/project"
	"github.com/avila-devops/saas/stacks/spec"
)

// newCertificates runs cert-manager in every cluster. One account writes the
// proofs of all of them into the zone.
func (e *Environment) newCertificates(ctx *pulumi.Context) error {
	account, err := solver.New(ctx, "solver", &solver.Args{
		Project:     e.project.With(project.IAM),
		Pool:        e.clusters[e.spec.Primary().Name].WorkloadPool,
		AccountID:   e.spec.AccountID("certificates"),
		RoleID:      "saas_" + strings.ReplaceAll(e.spec.Name, "-", "_") + "_dns_records",
		Namespace:   certificatesNamespace,
		Workload:    certificates.Workload,
		Zone:        e.dns.Zone,
		ZoneProject: e.dns.Project,
	}, pulumi.Parent(e))
	if err != nil {
		return err
	}
	for _, region := range e.spec.Regions {
		space, err := namespace.New(ctx, "certificates-space-"+string(region.Name), &namespace.Args{
			Provider: e.clusters[region.Name].Provider,
			Name:     certificatesNamespace,
			Quota:    namespace.Quota(spec.CertificatesQuota()),
		}, pulumi.Parent(e))
		if err != nil {
			return fmt.Errorf("region %s: %w", region.Name, err)
		}
		made, err := certificates.New(ctx, "certificates-"+string(region.Name), &certificates.Args{
			Provider:  e.clusters[region.Name].Provider,
			Namespace: e.mirrored(space),
			Chart:     helm.Chart(spec.CertManager),
			Images: certificates.Images{
				Controller:   e.spec.MirroredImage("cert-manager-controller"),
				Webhook:      e.spec.MirroredImage("cert-manager-webhook"),
				CAInjector:   e.spec.MirroredImage("cert-manager-cainjector"),
				StartupCheck: e.spec.MirroredImage("cert-manager-startupapicheck"),
			},
			Account:      account.Email,
			ControlPlane: region.Plan().ControlPlane,
			Scrapers:     monitoringNamespace,
			Directory:    e.spec.Certificates.DirectoryURL(),
			Contact:      e.spec.Certificates.Contact,
			Domain:       e.spec.Domain,
			Zone:         e.dns.Zone,
			ZoneProject:  e.dns.Project,
		}, pulumi.Parent(e))
		if err != nil {
			return fmt.Errorf("region %s: %w", region.Name, err)
		}
		e.certificates[region.Name] = made
		for _, service := range e.spec.ServiceNames() {
			// No service reads it yet: landing speaks plain HTTP.
			if _, err := made.Peer(ctx, service, e.spaces[region.Name].Name, service, spec.PeerName(service, e.spec.Name)); err != nil {
				return fmt.Errorf("region %s: %w", region.Name, err)
			}
		}
	}
	return nil
}

// mirrored is the namespace once pods in it find images of others.
func (e *Environment) mirrored(space *namespace.Namespace) pulumi.StringOutput {
	return pulumi.All(space.Name, e.registry.Mirrored).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput)
}
