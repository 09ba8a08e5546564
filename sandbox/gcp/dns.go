package gcp

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const dnsAPI = "dns.googleapis.com"

var dnsRules = map[string]*rule{
	zoneType: {
		api:      dnsAPI,
		name:     autoname(63),
		id:       format("projects/{project}/managedZones/{name}"),
		defaults: map[string]any{"description": "Managed by Pulumi", "forceDestroy": false, "dnssecConfig.kind": "dns#managedZoneDnsSecConfig", "dnssecConfig.defaultKeySpecs.kind": "dns#dnsKeySpec"},
		replaces: []string{"dnsName", "name", "project", "reverseLookup", "serviceDirectoryConfig", "visibility"},
		refs:     []reference{{path: "privateVisibilityConfig.networks.networkUrl", to: networkType, holds: true}},
		check:    checkZone,
		update:   checkSigningStays,
		remove: func(o *op) error {
			if flag(o.old.Properties, "forceDestroy") {
				return nil
			}
			users, err := o.users(o.old)
			users = slices.DeleteFunc(users, func(u user) bool { return u.record.Type != recordSetType })
			if err != nil || len(users) == 0 {
				return err
			}
			return refuse(400, "containerNotEmpty", "delete its records first, or set forceDestroy, run up, and delete it then",
				"The resource named '%s' cannot be deleted because it contains one or more 'resource records', such as %s", o.old.Name(), describe(users[0].record))
		},
		owns: []string{recordSetType, zoneMemberType},
		outputs: func(o *op) error {
			o.labels()
			o.set("creationTime", o.stamp())
			o.set("managedZoneId", o.numericID())
			// Google has several sets of name servers; a zone gets one of them.
			set := string('a' + o.numericID()[len(o.numericID())-1]%5)
			var servers []any
			for i := 1; i <= 4; i++ {
				servers = append(servers, fmt.Sprintf("ns-cloud-%s%d.googledomains.com.", set, i))
			}
			o.set("nameServers", servers)
			return nil
		},
	},
	recordSetType: {
		api:      dnsAPI,
		id:       format("projects/{project}/managedZones/{managedZone}/rrsets/{name}/{type}"),
		replaces: []string{"managedZone", "name", "project"},
		oneOf:    [][]string{{"routingPolicy", "rrdatas"}},
		refs:     []reference{{path: "managedZone", to: zoneType, pattern: "projects/{project}/managedZones/{}"}},
		check:    checkRecordSet,
		create:   checkRecordInZone,
		update:   checkRecordInZone,
	},
	zoneMemberType: memberRule(&rule{
		api:      dnsAPI,
		id:       format("projects/{project}/managedZones/{managedZone}/{role}/{member}"),
		replaces: []string{"managedZone", "project"},
		refs:     []reference{{path: "managedZone", to: zoneType, pattern: "projects/{project}/managedZones/{}"}},
	}),
}

// keyLengths are the lengths that an algorithm of DNSSEC has at Google.
// https://cloud.google.com/dns/docs/dnssec-advanced#advanced-signing-options
var keyLengths = map[string][]float64{
	"rsasha1": {1024, 2048}, "rsasha256": {1024, 2048}, "rsasha512": {1024, 2048}, "ecdsap256sha256": {256}, "ecdsap384sha384": {384},
}

func checkZone(in resource.PropertyMap) []problem {
	var problems []problem
	if name := text(in, "dnsName"); name != "" && !domainForm.MatchString(name) {
		problems = append(problems, problem{"dnsName", fmt.Sprintf("%q is not a DNS name: write it with a dot at its end, like example.com.", clip(name))})
	}
	if text(in, "visibility") == "private" && text(in, "dnssecConfig.state") == "on" {
		problems = append(problems, problem{"dnssecConfig.state", "a private zone is not signed: remove dnssecConfig"})
	}
	if has(in, "privateVisibilityConfig") && text(in, "visibility") != "private" && !unknown(in, "visibility") {
		problems = append(problems, problem{"privateVisibilityConfig", "is for a zone whose visibility is private"})
	}
	specs := each(resource.NewProperty(in), "dnssecConfig.defaultKeySpecs")
	uses, algorithms := map[string]int{}, map[string]bool{}
	for _, spec := range specs {
		algorithm, length := text(spec.ObjectValue(), "algorithm"), number(spec.ObjectValue(), "keyLength")
		uses[text(spec.ObjectValue(), "keyType")]++
		algorithms[algorithm] = true
		if allowed := keyLengths[algorithm]; has(spec.ObjectValue(), "keyLength") && algorithm != "" && !slices.Contains(allowed, length) {
			problems = append(problems, problem{"dnssecConfig.defaultKeySpecs.keyLength", fmt.Sprintf("%s has no keys of %v bits: use one of %v", algorithm, length, allowed)})
		}
	}
	if len(specs) > 0 && (uses["keySigning"] != 1 || uses["zoneSigning"] != 1 || len(algorithms) != 1) {
		problems = append(problems, problem{"dnssecConfig.defaultKeySpecs", "must name one keySigning and one zoneSigning key of the same algorithm"})
	}
	return problems
}

// checkSigningStays refuses another algorithm for a zone that is signed:
// resolvers would take its answers for forged.
func checkSigningStays(o *op) error {
	before, after := at(o.old.Properties, "dnssecConfig.defaultKeySpecs"), at(o.in, "dnssecConfig.defaultKeySpecs")
	if text(o.old.Properties, "dnssecConfig.state") != "on" || before.DeepEquals(after) {
		return nil
	}
	return invalid("turn dnssecConfig.state off, wait until the DS record has expired everywhere, and change it then",
		"Invalid value for 'entity.managedZone.dnssecConfig.defaultKeySpecs': it can only be changed while DNSSEC is off")
}

var (
	domainForm = regexp.MustCompile(`^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+$`)
	// caaForm: RFC 8659, section 4.1.1.
	caaForm = regexp.MustCompile(`^(\d{1,3}) (issue|issuewild|iodef|contactemail|contactphone) "([^"]*)"$`)
	mxForm  = regexp.MustCompile(`^\d{1,5} (\S+)$`)
	// issuerForm: RFC 8659, section 4.2; nobody may issue for an empty one.
	issuerForm = regexp.MustCompile(`^\s*(([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]+)?\s*(;.*)?$`)
)

func checkRecordSet(in resource.PropertyMap) []problem {
	var problems []problem
	if name := text(in, "name"); name != "" && !domainForm.MatchString(name) {
		problems = append(problems, problem{"name", fmt.Sprintf("%q is not a DNS name: write it with a dot at its end, like www.example.com.", clip(name))})
	}
	if ttl := number(in, "ttl"); ttl < 0 || ttl > 2147483647 {
		problems = append(problems, problem{"ttl", fmt.Sprintf("expected to be in the range (0 - 2147483647), got %v", ttl)})
	}
	kind, data := text(in, "type"), texts(in, "rrdatas")
	if kind == "CNAME" && len(data) > 1 {
		problems = append(problems, problem{"rrdatas", "a CNAME has one target"})
	}
	for _, value := range data {
		if reason := recordProblem(kind, value); reason != "" {
			problems = append(problems, problem{"rrdatas", fmt.Sprintf("%q %s", clip(value), reason)})
		}
	}
	return problems
}

// recordProblem tells what is wrong with a record's data, if anything.
func recordProblem(kind, value string) string {
	switch kind {
	case "A":
		if address, err := netip.ParseAddr(value); err != nil || !address.Is4() {
			return "is not an IPv4 address"
		}
	case "AAAA":
		if address, err := netip.ParseAddr(value); err != nil || !address.Is6() {
			return "is not an IPv6 address"
		}
	case "CNAME", "NS", "PTR":
		if !domainForm.MatchString(value) {
			return "is not a DNS name: write it with a dot at its end"
		}
	case "MX":
		if part := mxForm.FindStringSubmatch(value); part == nil || !domainForm.MatchString(part[1]) {
			return "is not a mail exchanger: write it like 10 mail.example.com."
		}
	case "CAA":
		part := caaForm.FindStringSubmatch(value)
		if part == nil || len(part[1]) > 1 && part[1][0] == '0' || len(part[1]) == 3 && part[1] > "255" {
			return `is not a CAA record: write it like 0 issue "pki.goog"`
		}
		if strings.HasPrefix(part[2], "issue") && !issuerForm.MatchString(part[3]) {
			return "names no issuer: write its domain, like pki.goog"
		}
		if part[2] == "iodef" && !strings.HasPrefix(part[3], "mailto:") && !strings.HasPrefix(part[3], "https://") {
			return "is not an address for reports: write it like mailto:security@example.com"
		}
	case "TXT":
		if !strings.HasPrefix(value, `"`) || !strings.HasSuffix(value, `"`) || len(value) < 2 {
			return "must stand in quotes"
		}
	}
	return ""
}

// checkRecordInZone refuses a name outside the zone, and a CNAME beside other
// records of its name (RFC 1034, section 3.6.2).
func checkRecordInZone(o *op) error {
	zone, err := o.resolve(o.rule.refs[0], o.text("managedZone"))
	if err != nil || zone == nil {
		return err
	}
	name, domain := o.text("name"), text(zone.Properties, "dnsName")
	if name != domain && !strings.HasSuffix(name, "."+domain) {
		return invalid("put it under "+domain, "Invalid value for 'entity.change.additions[0].name': '%s' is not in the zone '%s'", name, domain)
	}
	if o.text("type") == "CNAME" && name == domain {
		return invalid("use an A record", "Invalid value for 'entity.change.additions[0].type': a CNAME cannot stand at the apex '%s'", name)
	}
	records, err := o.live(recordSetType)
	if err != nil {
		return err
	}
	for _, other := range records {
		same := other.ID != o.id && other.Project == o.project.ID && text(other.Properties, "managedZone") == o.text("managedZone") && text(other.Properties, "name") == name
		if same && (o.text("type") == "CNAME" || text(other.Properties, "type") == "CNAME") {
			return invalid("remove one of them", "The resource record set '%s (%s)' is invalid because a CNAME resource record set with the same name must be the only one: %s",
				name, o.text("type"), describe(other))
		}
	}
	return nil
}
