package gcp

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// keyUse is an input that names a customer-managed key. The service that
// encrypts with it acts as its agent, which needs a grant on the key first.
// https://cloud.google.com/kms/docs/using-other-products
type keyUse struct {
	path  string
	agent string // the agent's domain
	place string // the input with the place of what is encrypted: key and place agree
}

const encrypterDecrypter = "roles/cloudkms.cryptoKeyEncrypterDecrypter"

// agentEmail is a service agent's address.
// https://cloud.google.com/iam/docs/service-agents
func agentEmail(number, agent string) string {
	return fmt.Sprintf("service-%s@%s.iam.gserviceaccount.com", number, agent)
}

// checkKeys refuses a key that is not there, lies elsewhere, or is not granted
// to the agent.
func (o *op) checkKeys() error {
	var errs []error
	for _, use := range o.rule.keys {
		places := texts(o.in, use.place)
		for i, id := range texts(o.in, use.path) {
			place := ""
			switch {
			case i < len(places):
				place = places[i]
			case len(places) > 0:
				place = places[0]
			}
			if err := o.checkKey(use, id, place); err != nil {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

func (o *op) checkKey(use keyUse, id, place string) error {
	key, err := o.named(cryptoKeyType, id)
	if err != nil {
		return err
	}
	if key == nil {
		return notFound("create the key first, or correct "+use.path, "Cloud KMS key '%s' was not found", id)
	}
	if at := segment(id, "locations"); place != "" && !strings.EqualFold(at, place) && !zoneOf(place, at) {
		return invalid("use a key in "+strings.ToLower(place), "Cloud KMS key '%s' lies in %s, but what it would encrypt lies in %s", id, at, strings.ToLower(place))
	}
	agent := agentEmail(o.project.Number, use.agent)
	grants, err := o.live(keyMemberType)
	if err != nil {
		return err
	}
	for _, grant := range grants {
		p := grant.Properties
		if text(p, "cryptoKeyId") == key.ID && text(p, "member") == "serviceAccount:"+agent &&
			slices.Contains([]string{encrypterDecrypter, "roles/owner"}, text(p, "role")) {
			return nil
		}
	}
	return refuse(403, "forbidden", fmt.Sprintf("grant %s to serviceAccount:%s on the key, and let this resource depend on the grant", encrypterDecrypter, agent),
		"Permission 'cloudkms.cryptoKeyVersions.useToEncrypt' denied on resource '%s' (or it may not exist) for service account %s", id, agent)
}

// zoneOf tells whether a place is a zone of a region: a letter after it.
func zoneOf(place, region string) bool {
	letter, ok := strings.CutPrefix(place, region+"-")
	return ok && len(letter) == 1
}
