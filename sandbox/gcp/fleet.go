package gcp

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

var fleetRules = map[string]*rule{
	membershipType: {
		api:      "gkehub.googleapis.com",
		name:     &naming{property: "membershipId", longest: 63, pattern: label, form: labelForm},
		id:       format("projects/{project}/locations/{location}/memberships/{membershipId}"),
		defaults: map[string]any{"location": "global"},
		replaces: concat([]string{"authority.issuer", "location", "membershipId", "project"}, block("endpoint", block("gkeCluster", "resourceLink")...)),
		refs:     []reference{{path: "endpoint.gkeCluster.resourceLink", to: clusterType}},
		check: func(in resource.PropertyMap) []problem {
			var problems []problem
			if link := text(in, "endpoint.gkeCluster.resourceLink"); link != "" && segment(trimHost(link), "clusters") == "" {
				problems = append(problems, problem{"endpoint.gkeCluster.resourceLink", fmt.Sprintf("%q names no cluster: write it like //container.googleapis.com/projects/p/locations/l/clusters/c", clip(link))})
			}
			return problems
		},
		create: func(o *op) error {
			issuer, cluster := o.text("authority.issuer"), trimHost(o.text("endpoint.gkeCluster.resourceLink"))
			if issuer != "" && cluster != "" && issuer != containerLink+cluster {
				return invalid("use "+containerLink+cluster, "Authority issuer %q does not match the cluster's, %q", issuer, containerLink+cluster)
			}
			return nil
		},
		outputs: func(o *op) error {
			o.labels()
			o.set("name", o.id)
			return nil
		},
		made: func(_ context.Context, c Clusters, o *op) error {
			link := trimHost(o.text("endpoint.gkeCluster.resourceLink"))
			if link == "" {
				return nil
			}
			return c.Join(o.project.Number, o.text("location"), o.text("membershipId"), projectOf(link), segment(link, "clusters")) //nolint:wrapcheck // it names the membership
		},
		unmade: func(_ context.Context, c Clusters, o *op) error {
			return c.Leave(o.project.Number, o.text("location"), o.text("membershipId")) //nolint:wrapcheck // it names the membership
		},
	},
}
