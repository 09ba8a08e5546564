package gcp

import (
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const certificateManagerAPI = "certificatemanager.googleapis.com"

var certificateManagerRules = map[string]*rule{
	dnsAuthorizationType: {
		api:      certificateManagerAPI,
		name:     autoname(63),
		id:       format("projects/{project}/locations/{location}/dnsAuthorizations/{name}"),
		defaults: map[string]any{"location": "global"},
		replaces: []string{"domain", "location", "name", "project", "type"},
		check: func(in resource.PropertyMap) []problem {
			if domain := text(in, "domain"); domain != "" && (strings.HasPrefix(domain, "*.") || !domainForm.MatchString(domain+".")) {
				return []problem{{"domain", `"` + clip(domain) + `" is not a domain: write it like cdn.example.com; it covers the wildcard under it`}}
			}
			return nil
		},
		outputs: func(o *op) error {
			o.labels()
			// https://cloud.google.com/certificate-manager/docs/dns-authorizations
			o.set("dnsResourceRecords", []any{map[string]any{
				"name": "_acme-challenge." + o.text("domain") + ".", "type": "CNAME",
				"data": strings.ToLower(fingerprintDigits(o.id)+fingerprintDigits(o.id+o.project.Number)) + ".authorize.certificatemanager.goog.",
			}})
			return nil
		},
	},
	certificateType: {
		api:      certificateManagerAPI,
		name:     autoname(63),
		id:       format("projects/{project}/locations/{location}/certificates/{name}"),
		defaults: map[string]any{"location": "global", "scope": "DEFAULT"},
		replaces: concat([]string{"location", "managed", "name", "project", "scope", "selfManaged"},
			under("managed", "dnsAuthorizations", "domains", "issuanceConfig"),
			under("selfManaged", "certificatePem", "pemCertificate", "pemPrivateKey", "privateKeyPem")),
		oneOf:  [][]string{{"managed", "selfManaged"}},
		refs:   []reference{{path: "managed.dnsAuthorizations", to: dnsAuthorizationType, holds: true}},
		create: checkCertificate,
		outputs: func(o *op) error {
			o.labels()
			if !has(o.in, "managed") {
				return nil
			}
			state, err := o.certificateState()
			o.nest("managed", "state", state)
			return err
		},
	},
	certificateMapType: {
		api:      certificateManagerAPI,
		name:     autoname(63),
		id:       format("projects/{project}/locations/global/certificateMaps/{name}"),
		replaces: []string{"name", "project"},
		outputs: func(o *op) error {
			o.labels()
			o.set("createTime", o.stamp())
			o.replace("updateTime", o.stamp())
			o.set("gclbTargets", []any{})
			return nil
		},
	},
	certificateEntryType: {
		api:  certificateManagerAPI,
		name: autoname(63),
		id: func(o *op) (string, error) {
			held := o.text("map")
			if name := segment(held, "certificateMaps"); name != "" {
				held = name
			}
			return o.expand("projects/{project}/locations/global/certificateMaps/") + held + "/certificateMapEntries/" + o.text("name"), nil
		},
		replaces: []string{"hostname", "map", "matcher", "name", "project"},
		oneOf:    [][]string{{"hostname", "matcher"}},
		refs: []reference{
			{path: "map", to: certificateMapType, holds: true, pattern: "projects/{project}/locations/global/certificateMaps/{}"},
			{path: "certificates", to: certificateType, holds: true, pattern: "projects/{project}/locations/global/certificates/{}"},
		},
		check: func(in resource.PropertyMap) []problem {
			if list := at(in, "certificates"); list.IsArray() && (len(list.ArrayValue()) == 0 || len(list.ArrayValue()) > 4) {
				return []problem{{"certificates", "an entry has 1 to 4 certificates"}}
			}
			return nil
		},
		create: checkEntryUnique,
		outputs: func(o *op) error {
			o.labels()
			o.set("createTime", o.stamp())
			o.replace("updateTime", o.stamp())
			o.set("state", "ACTIVE")
			return nil
		},
	},
}

// checkCertificate refuses a managed certificate with a domain that none of its
// authorizations covers.
func checkCertificate(o *op) error {
	authorizations := texts(o.in, "managed.dnsAuthorizations")
	if len(authorizations) == 0 {
		return nil
	}
	var covered []string
	for _, value := range authorizations {
		found, err := o.resolve(o.rule.refs[0], value)
		if err != nil {
			return err
		}
		if found != nil {
			covered = append(covered, text(found.Properties, "domain"))
		}
	}
	for _, domain := range texts(o.in, "managed.domains") {
		if !slices.Contains(covered, strings.TrimPrefix(domain, "*.")) {
			return refuse(400, "badRequest", "add a DnsAuthorization for it", "domain %q is not covered by a DNS authorization: they are for %v", domain, covered)
		}
	}
	return nil
}

// certificateState is ACTIVE when the records that prove the domains are in a
// zone of the project, as Google would find them.
func (o *op) certificateState() (string, error) {
	records, err := o.live(recordSetType)
	if err != nil {
		return "", err
	}
	for _, value := range texts(o.in, "managed.dnsAuthorizations") {
		authorization, err := o.resolve(o.rule.refs[0], value)
		if err != nil || authorization == nil {
			return "PROVISIONING", err
		}
		name, data := texts(authorization.Properties, "dnsResourceRecords.name"), texts(authorization.Properties, "dnsResourceRecords.data")
		shown := false
		for _, record := range records {
			shown = shown || text(record.Properties, "name") == name[0] && slices.Contains(texts(record.Properties, "rrdatas"), data[0])
		}
		if !shown {
			return "PROVISIONING", nil
		}
	}
	return "ACTIVE", nil
}

func checkEntryUnique(o *op) error {
	entries, err := o.live(certificateEntryType)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		same := entry.Project == o.project.ID && text(entry.Properties, "map") == o.text("map")
		if same && text(entry.Properties, "hostname") == o.text("hostname") && text(entry.Properties, "matcher") == o.text("matcher") {
			return refuse(409, "alreadyExists", "change that entry", "The map already has an entry for '%s%s': %s", o.text("hostname"), o.text("matcher"), describe(entry))
		}
	}
	return nil
}
