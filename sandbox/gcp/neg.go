package gcp

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
	"github.com/avila-devops/saas/sandbox/home"
)

// negType is what a cluster's NEG controller makes: the program only looks it
// up. Its records belong to no stack.
const negType = "gcp:compute/networkEndpointGroup:NetworkEndpointGroup"

// controllerRules are of types that Google makes by itself and no program
// declares.
var controllerRules = map[string]*rule{
	negType: {refs: []reference{
		{path: "network", to: networkType, holds: true},
		{path: "cluster", to: clusterType},
	}},
	serverCAType: {refs: []reference{{path: "instance", to: sqlInstanceType}}},
}

// Groups stands in for the NEG controller of GKE: it keeps, for each port that
// a Service exposes, an endpoint group in every zone of the cluster's nodes.
// https://cloud.google.com/kubernetes-engine/docs/how-to/standalone-neg
type Groups struct {
	store *cloud.Store
}

// OpenGroups returns the controller of a sandbox.
func OpenGroups(h home.Home) *Groups { return &Groups{cloud.Open(h)} }

// Exposed is a Service whose ports are endpoint groups.
type Exposed struct {
	Project, Cluster   string
	Namespace, Service string
	Names              map[string]string // of the groups, by port
}

// Keep makes the groups be those of the Service, and releases what it had
// before. One that a backend service still uses is not released: GKE would
// leave it behind, in nobody's hands.
func (g *Groups) Keep(ctx context.Context, e Exposed) error {
	return g.store.Do(ctx, func(tx *cloud.Tx) error {
		project, err := tx.Project(e.Project)
		if errors.Is(err, fs.ErrNotExist) && len(e.Names) == 0 {
			return nil
		}
		if err != nil {
			return err //nolint:wrapcheck // it names the project
		}
		o := &op{tx: tx, rules: everyRule, project: project, now: time.Now()}
		had, err := o.groupsOf(e)
		if err != nil {
			return err
		}
		wanted, err := o.groupsFor(e)
		if err != nil {
			return err
		}
		var errs []error
		for _, record := range had {
			if _, stays := wanted[record.ID]; !stays {
				errs = append(errs, o.release(record))
			}
		}
		if err := errors.Join(errs...); err != nil {
			return err
		}
		for _, record := range wanted {
			if err := tx.Put(record); err != nil {
				return err //nolint:wrapcheck // it names the record
			}
		}
		return nil
	})
}

// Release is Keep for a Service that goes.
func (g *Groups) Release(ctx context.Context, e Exposed) error {
	e.Names = nil
	return g.Keep(ctx, e)
}

// owner is what the controller writes into a group's description.
type owner struct {
	Cluster   string `json:"cluster"`
	Namespace string `json:"namespace"`
	Service   string `json:"service-name"`
	Port      string `json:"port,omitempty"`
}

func (o *op) groupsOf(e Exposed) ([]*cloud.Record, error) {
	all, err := o.live(negType)
	if err != nil {
		return nil, err
	}
	var own []*cloud.Record
	for _, record := range all {
		var by owner
		if err := json.Unmarshal([]byte(text(record.Properties, "description")), &by); err != nil {
			return nil, fmt.Errorf("endpoint group %s: its description is not the controller's: %w", record.ID, err)
		}
		if record.Project == e.Project && by.Cluster == e.Cluster && by.Namespace == e.Namespace && by.Service == e.Service {
			own = append(own, record)
		}
	}
	return own, nil
}

// groupsFor are the groups that the Service should have, by id.
func (o *op) groupsFor(e Exposed) (map[string]*cloud.Record, error) {
	out := map[string]*cloud.Record{}
	if len(e.Names) == 0 {
		return out, nil
	}
	cluster, zones, err := o.nodeZones(e.Cluster)
	if err != nil {
		return nil, err
	}
	for port, name := range e.Names {
		if !label.MatchString(name) || len(name) > 63 {
			return nil, invalid("use up to 63 "+labelForm, "endpoint group %q of port %s is not a valid name", clip(name), port)
		}
		for _, zone := range zones {
			id := o.expand("projects/{project}/zones/") + zone + "/networkEndpointGroups/" + name
			if had, err := o.tx.Get(negType, id); err != nil {
				return nil, err //nolint:wrapcheck // it names the record
			} else if had != nil {
				var by owner
				if json.Unmarshal([]byte(text(had.Properties, "description")), &by) != nil || by.Cluster != e.Cluster || by.Namespace != e.Namespace || by.Service != e.Service {
					return nil, refuse(409, "conflict", "name the groups of each Service and region differently",
						"NEG %s already exists, and is not this Service's: %s", id, text(had.Properties, "description"))
				}
			}
			description, err := json.Marshal(owner{e.Cluster, e.Namespace, e.Service, port})
			if err != nil {
				return nil, fmt.Errorf("describe %s: %w", id, err)
			}
			// No stack has this name: nothing reaps or sweeps what is the controller's.
			made := urn.New("neg-controller", "saas", "", negType, name+"-"+zone)
			out[id] = &cloud.Record{URN: made, Type: negType, ID: id, Project: o.project.ID, Created: o.now, Properties: resource.NewPropertyMapFromMap(map[string]any{
				"name": name, "zone": zone, "project": o.project.ID, "description": string(description), "cluster": cluster.ID,
				"network": text(cluster.Properties, "network"), "subnetwork": text(cluster.Properties, "subnetwork"),
				// No pod runs in the sandbox, and so none is in a group.
				"networkEndpointType": "GCE_VM_IP_PORT", "size": 0.0, "defaultPort": 0.0, "selfLink": computeLink + id,
			})}
		}
	}
	return out, nil
}

// nodeZones finds a cluster, and the zones that its node pools are in.
func (o *op) nodeZones(name string) (*cloud.Record, []string, error) {
	clusters, err := o.live(clusterType)
	if err != nil {
		return nil, nil, err
	}
	i := slices.IndexFunc(clusters, func(r *cloud.Record) bool { return r.Project == o.project.ID && r.Name() == name })
	if i < 0 {
		return nil, nil, notFound("run make down and make up: the cloud has lost its cluster", "cluster %s was not found", name)
	}
	pools, err := o.live(nodePoolType)
	if err != nil {
		return nil, nil, err
	}
	var zones []string
	for _, pool := range pools {
		if strings.HasPrefix(pool.ID, clusters[i].ID+"/nodePools/") {
			zones = append(zones, texts(pool.Properties, "nodeLocations")...)
		}
	}
	slices.Sort(zones)
	return clusters[i], slices.Compact(zones), nil
}

// release forgets a group that nobody uses.
func (o *op) release(record *cloud.Record) error {
	users, err := o.users(record)
	if err != nil {
		return err
	}
	var holders []string
	for _, user := range users {
		if user.ref.holds && !user.record.Abandoned {
			holders = append(holders, describe(user.record))
		}
	}
	if len(holders) > 0 {
		slices.Sort(holders)
		return refuse(400, "resourceInUseByAnotherResource", "release it from the load balancer before the Service goes, or GKE leaves it behind",
			"The network_endpoint_group resource '%s' is already being used by %s", record.ID, strings.Join(holders, ", "))
	}
	return o.tx.Delete(record)
}

// getGroup looks an endpoint group up.
const getGroup = "gcp:compute/getNetworkEndpointGroup:getNetworkEndpointGroup"

// endpointGroup looks an endpoint group up.
func endpointGroup(tx *cloud.Tx, args resource.PropertyMap) (resource.PropertyMap, error) {
	id := trimHost(text(args, "selfLink"))
	if id == "" {
		zone, name := text(args, "zone"), text(args, "name")
		if name == "" || zone == "" {
			return nil, errors.New("name and zone, or selfLink, are required")
		}
		id = "projects/" + text(args, "project") + "/zones/" + zone + "/networkEndpointGroups/" + name
	}
	found, err := tx.Get(negType, id)
	if err != nil {
		return nil, err //nolint:wrapcheck // it names the file
	}
	if found == nil {
		return nil, notFound("the cluster's Service makes it: deploy that first, and name the group and a zone of its nodes", "%s not found", id)
	}
	out := found.Properties.Copy()
	delete(out, "cluster")
	out["id"] = resource.NewProperty(found.ID)
	return out, nil
}
