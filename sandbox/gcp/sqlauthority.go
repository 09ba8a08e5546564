package gcp

import (
	"context"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

// serverCAType are the server CAs of an instance beside the one in use. No
// program declares them: Google keeps them, and getCaCerts lists them.
// https://cloud.google.com/sql/docs/postgres/manage-ssl-instance#manage-server-ca-certs
const serverCAType = "gcp:sql/serverCa:ServerCa"

// caFunction lists every CA with which an instance may prove itself.
const caFunction = "gcp:sql/getCaCerts:getCaCerts"

// The states of a CA that is not in use.
const (
	upcoming = "upcoming" // takes over with the next rotation
	previous = "previous" // was in use before the last one
)

func caCerts(tx *cloud.Tx, args resource.PropertyMap) (resource.PropertyMap, error) {
	name := text(args, "instance") // or a link to it
	instance, err := instanceNamed(tx, name[strings.LastIndex(name, "/")+1:])
	if err != nil {
		return nil, err
	}
	inUse := each(resource.NewProperty(instance.Properties), "serverCaCerts")
	others, err := waiting(tx, instance.ID)
	if err != nil {
		return nil, err
	}
	for _, other := range others {
		inUse = append(inUse, other.Properties["ca"])
	}
	return resource.PropertyMap{
		"id":      resource.NewProperty("projects/" + instance.Project + "/instance/" + instance.ID),
		"project": resource.NewProperty(instance.Project), "instance": resource.NewProperty(instance.ID),
		"activeVersion": resource.NewProperty(text(inUse[0].ObjectValue(), "sha1Fingerprint")),
		"certs":         resource.NewProperty(inUse),
	}, nil
}

func instanceNamed(tx *cloud.Tx, name string) (*cloud.Record, error) {
	instance, err := tx.Get(sqlInstanceType, name)
	if err == nil && (instance == nil || instance.Abandoned) {
		err = notFound("look for the name with gcloud sql instances list", "The Cloud SQL instance '%s' does not exist", name)
	}
	return instance, err //nolint:wrapcheck // it names the file
}

// waiting are the CAs of an instance that are not in use.
func waiting(tx *cloud.Tx, instance string) (found []*cloud.Record, err error) {
	all, err := tx.List(serverCAType)
	for _, record := range all {
		if text(record.Properties, "instance") == instance {
			found = append(found, record)
		}
	}
	return found, err //nolint:wrapcheck // it names the file
}

// AddServerCA gives an instance its next CA, which clients can be told of
// before it is in use, and returns it. It replaces the previous one.
func (h *Hand) AddServerCA(ctx context.Context, instance string) (added resource.PropertyMap, err error) {
	err = h.provider.store.Do(ctx, func(tx *cloud.Tx) error {
		record, err := instanceNamed(tx, instance)
		if err != nil {
			return err
		}
		others, err := waiting(tx, instance)
		if err != nil {
			return err
		}
		for _, other := range others {
			if text(other.Properties, "state") == upcoming {
				return refuse(409, "operationNotAllowed", "rotate to the one that waits first", "Instance %s has an upcoming server CA already", instance)
			}
			if err := tx.Delete(other); err != nil {
				return err //nolint:wrapcheck // it names the file
			}
		}
		ca, err := newAuthority("Cloud SQL server CA of "+instance, h.provider.now())
		if err != nil {
			return err
		}
		added = resource.NewPropertyMapFromMap(ca.properties())
		return tx.Put(&cloud.Record{ //nolint:wrapcheck // it names the file
			Type: serverCAType, ID: instance + "/serverCas/" + ca.fingerprint, Project: record.Project, Created: h.provider.now(),
			Properties: resource.PropertyMap{
				"instance": resource.NewProperty(instance), "state": resource.NewProperty(upcoming),
				"ca": resource.NewProperty(added),
			},
		})
	})
	return added, err
}

// RotateServerCA puts the upcoming CA to use, and returns it.
func (h *Hand) RotateServerCA(ctx context.Context, instance string) (resource.PropertyMap, error) {
	return h.swapServerCA(ctx, instance, upcoming, previous, "add one with gcloud sql ssl server-ca-certs create")
}

// RollBackServerCA undoes RotateServerCA.
func (h *Hand) RollBackServerCA(ctx context.Context, instance string) (resource.PropertyMap, error) {
	return h.swapServerCA(ctx, instance, previous, upcoming, "only a rotation can be undone")
}

// swapServerCA exchanges the CA in use for one in a state, which it leaves in
// another.
func (h *Hand) swapServerCA(ctx context.Context, instance, from, to, remedy string) (inUse resource.PropertyMap, err error) {
	err = h.provider.store.Do(ctx, func(tx *cloud.Tx) error {
		record, err := instanceNamed(tx, instance)
		if err != nil {
			return err
		}
		others, err := waiting(tx, instance)
		if err != nil {
			return err
		}
		for _, other := range others {
			if text(other.Properties, "state") != from {
				continue
			}
			inUse = other.Properties["ca"].ObjectValue()
			changed, kept := *record, *other
			changed.Properties, kept.Properties = record.Properties.Copy(), other.Properties.Copy()
			changed.Properties["serverCaCerts"] = resource.NewProperty([]resource.PropertyValue{other.Properties["ca"]})
			kept.Properties["ca"] = each(resource.NewProperty(record.Properties), "serverCaCerts")[0]
			kept.Properties["state"] = resource.NewProperty(to)
			if err := tx.Put(&changed); err != nil {
				return err //nolint:wrapcheck // it names the file
			}
			return tx.Put(&kept) //nolint:wrapcheck // it names the file
		}
		return refuse(400, "invalidState", remedy, "Instance %s has no %s server CA", instance, from)
	})
	return inUse, err
}

// properties are those of serverCaCerts and getCaCerts.
func (a authority) properties() map[string]any {
	return map[string]any{
		"cert": a.pem, "commonName": a.commonName, "sha1Fingerprint": a.fingerprint,
		"createTime": a.from.Format(time.RFC3339), "expirationTime": a.until.Format(time.RFC3339),
	}
}
