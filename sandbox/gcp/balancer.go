package gcp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

var balancerRules = map[string]*rule{
	healthCheckType: {
		api:  computeAPI,
		name: autoname(63),
		id:   format("projects/{project}/global/healthChecks/{name}"),
		defaults: map[string]any{
			"checkIntervalSec": 5, "timeoutSec": 5, "healthyThreshold": 2, "unhealthyThreshold": 2, "logConfig.enable": false,
			"httpHealthCheck.requestPath": "/", "httpsHealthCheck.requestPath": "/", "http2HealthCheck.requestPath": "/",
		},
		replaces: []string{"name", "project"},
		oneOf:    [][]string{{"grpcHealthCheck", "http2HealthCheck", "httpHealthCheck", "httpsHealthCheck", "sslHealthCheck", "tcpHealthCheck"}},
		check:    checkHealthCheck,
		outputs: func(o *op) error {
			o.link()
			o.set("creationTimestamp", o.stamp())
			for block, kind := range healthKinds {
				if has(o.in, block) {
					o.replace("type", kind)
				}
			}
			return nil
		},
	},
	backendServiceType: {
		api:  computeAPI,
		name: autoname(63),
		id:   format("projects/{project}/global/backendServices/{name}"),
		defaults: map[string]any{
			"connectionDrainingTimeoutSec": 300, "cdnPolicy.signedUrlCacheMaxAgeSec": 3600, "logConfig.sampleRate": 1,
		},
		replaces: []string{"loadBalancingScheme", "name", "project"},
		refs: []reference{
			{path: "backends.group", to: negType, holds: true},
			{path: "healthChecks", to: healthCheckType, holds: true},
			{path: "securityPolicy", to: securityPolicyType, holds: true},
			{path: "edgeSecurityPolicy", to: securityPolicyType, holds: true},
		},
		check:  checkBackendService,
		create: checkBackendPolicies,
		update: checkBackendPolicies,
		outputs: func(o *op) error {
			o.link()
			o.set("creationTimestamp", o.stamp())
			o.set("generatedId", 0.0)
			o.set("protocol", "HTTP")
			o.set("sessionAffinity", "NONE")
			o.set("timeoutSec", 30.0)
			o.replace("fingerprint", fingerprint(o.id+o.stamp()))
			return nil
		},
	},
	tcpProxyType: {
		api:      computeAPI,
		name:     autoname(63),
		id:       format("projects/{project}/global/targetTcpProxies/{name}"),
		replaces: []string{"description", "name", "project", "proxyBind"},
		refs:     []reference{{path: "backendService", to: backendServiceType, holds: true}},
		create:   checkTCPBackend,
		update:   checkTCPBackend,
		outputs:  proxyOutputs,
	},
	forwardingRuleType: {
		api:  computeAPI,
		name: autoname(63),
		id:   format("projects/{project}/global/forwardingRules/{name}"),
		replaces: []string{
			"allowPscGlobalAccess", "description", "ipAddress", "ipProtocol", "ipVersion", "loadBalancingScheme", "metadataFilters",
			"metadataFilters.filterLabels", "metadataFilters.filterLabels.name", "metadataFilters.filterLabels.value", "metadataFilters.filterMatchCriteria",
			"name", "network", "noAutomateDnsZone", "portRange", "project", "serviceDirectoryRegistrations",
			"serviceDirectoryRegistrations.namespace", "serviceDirectoryRegistrations.serviceDirectoryRegion", "sourceIpRanges", "subnetwork",
		},
		refs: []reference{
			{path: "target", to: tcpProxyType, holds: true, part: "/targetTcpProxies/"},
			{path: "target", to: httpProxyType, holds: true, part: "/targetHttpProxies/"},
			{path: "target", to: httpsProxyType, holds: true, part: "/targetHttpsProxies/"},
		},
		create: checkForwardingRule,
		update: checkForwardingRule,
		outputs: func(o *op) error {
			o.link()
			o.labels()
			o.set("ipProtocol", "TCP")
			o.set("labelFingerprint", fingerprint(o.id))
			return nil
		},
	},
}

// healthKinds names the protocol of each block of a health check.
var healthKinds = map[string]string{
	"grpcHealthCheck": "GRPC", "http2HealthCheck": "HTTP2", "httpHealthCheck": "HTTP", "httpsHealthCheck": "HTTPS", "sslHealthCheck": "SSL", "tcpHealthCheck": "TCP",
}

func proxyOutputs(o *op) error {
	o.link()
	o.set("creationTimestamp", o.stamp())
	o.set("proxyBind", false)
	return nil
}

func checkHealthCheck(in resource.PropertyMap) []problem {
	var problems []problem
	if interval, timeout := number(in, "checkIntervalSec"), number(in, "timeoutSec"); timeout > interval && !unknown(in, "checkIntervalSec") {
		problems = append(problems, problem{"timeoutSec", fmt.Sprintf("%v is more than checkIntervalSec, %v", timeout, interval)})
	}
	for block := range healthKinds {
		if !has(in, block) {
			continue
		}
		port := has(in, block+".port")
		switch text(in, block+".portSpecification") {
		case "USE_FIXED_PORT":
			if !port {
				problems = append(problems, problem{block + ".port", "must be set when portSpecification is USE_FIXED_PORT"})
			}
		case "USE_SERVING_PORT":
			if port {
				problems = append(problems, problem{block + ".port", "must not be set when portSpecification is USE_SERVING_PORT"})
			}
		}
	}
	return problems
}

// checkBackendService judges what Google does not accept together.
// https://cloud.google.com/load-balancing/docs/backend-service#traffic_distribution
func checkBackendService(in resource.PropertyMap) []problem {
	var problems []problem
	add := func(path, format string, args ...any) {
		problems = append(problems, problem{path, fmt.Sprintf(format, args...)})
	}
	connections := text(in, "protocol") == "TCP" || text(in, "protocol") == "SSL"
	if affinity := text(in, "sessionAffinity"); connections && affinity != "" && affinity != "NONE" && affinity != "CLIENT_IP" {
		add("sessionAffinity", "%s has no requests: use NONE or CLIENT_IP, not %s", text(in, "protocol"), affinity)
	}
	if connections && (flag(in, "enableCdn") || has(in, "cdnPolicy")) {
		add("enableCdn", "Cloud CDN serves HTTP only: remove it")
	}
	if seconds := number(in, "connectionDrainingTimeoutSec"); seconds < 0 || seconds > 3600 {
		add("connectionDrainingTimeoutSec", "expected to be in the range (0 - 3600), got %v", seconds)
	}
	if has(in, "logConfig.sampleRate") && has(in, "logConfig") && (number(in, "logConfig.sampleRate") < 0 || number(in, "logConfig.sampleRate") > 1) {
		add("logConfig.sampleRate", "expected to be in the range (0 - 1), got %v", number(in, "logConfig.sampleRate"))
	}
	if has(in, "backends") && !has(in, "healthChecks") {
		add("healthChecks", "must be set: endpoints whose health is not known get no traffic")
	}
	list := at(in, "backends")
	if !list.IsArray() {
		return problems
	}
	groups := map[string]bool{}
	for i, v := range list.ArrayValue() {
		if !v.IsObject() {
			continue
		}
		backend, path := v.ObjectValue(), fmt.Sprintf("backends[%d]", i)
		group, mode := text(backend, "group"), text(backend, "balancingMode")
		if group != "" && groups[group] {
			add(path+".group", "%s is listed twice", group)
		}
		groups[group] = true
		if scale := number(backend, "capacityScaler"); has(backend, "capacityScaler") && scale != 0 && (scale < 0.1 || scale > 1) {
			add(path+".capacityScaler", "must be 0, or from 0.1 to 1, got %v", scale)
		}
		if connections && mode == "RATE" {
			add(path+".balancingMode", "%s has no requests to count: use CONNECTION", text(in, "protocol"))
		}
		if strings.Contains(group, "/networkEndpointGroups/") && mode == "UTILIZATION" {
			add(path+".balancingMode", "an endpoint group has no utilization: use CONNECTION or RATE")
		}
		if mode == "CONNECTION" && !has(backend, "maxConnections") && !has(backend, "maxConnectionsPerEndpoint") && !has(backend, "maxConnectionsPerInstance") {
			add(path, "balancingMode CONNECTION needs maxConnections, maxConnectionsPerEndpoint or maxConnectionsPerInstance")
		}
	}
	return problems
}

func checkBackendPolicies(o *op) error {
	if err := o.checkArmorType("securityPolicy", regularArmor); err != nil {
		return err
	}
	return o.checkArmorType("edgeSecurityPolicy", edgeArmor)
}

// checkTCPBackend refuses to proxy connections to what does not take them.
func checkTCPBackend(o *op) error {
	service, err := o.named(backendServiceType, o.text("backendService"))
	if err != nil || service == nil {
		return err
	}
	if protocol := text(service.Properties, "protocol"); protocol != "TCP" {
		return invalid("set the backend service's protocol to TCP", "Invalid value for field 'resource.service': '%s'. The protocol of the backend service is %s", service.ID, protocol)
	}
	return nil
}

// ports that a kind of proxy may listen on; none means any.
var proxyPorts = map[string][]string{httpProxyType: {"80", "8080"}, httpsProxyType: {"443"}, tcpProxyType: nil}

// checkForwardingRule refuses an address that nobody reserved, a port that the
// target does not serve, one that is taken, and a scheme that is not the
// backend's.
func checkForwardingRule(o *op) error {
	for _, ref := range o.rule.refs {
		if !strings.Contains(o.text("target"), ref.part) {
			continue
		}
		target, err := o.resolve(ref, o.text("target"))
		if err != nil || target == nil {
			return err
		}
		port, _, _ := strings.Cut(o.text("portRange"), "-")
		if allowed := proxyPorts[ref.to]; len(allowed) > 0 && !slices.Contains(allowed, port) {
			return invalid("use "+strings.Join(allowed, " or "), "Invalid value for field 'resource.portRange': '%s'. %s does not listen there", o.text("portRange"), target.ID)
		}
		if scheme, err := o.schemeOf(text(target.Properties, "backendService")); err != nil {
			return err
		} else if scheme != "" && scheme != o.text("loadBalancingScheme") {
			return invalid("set both to the same", "Invalid value for field 'resource.loadBalancingScheme': '%s'. The backend service has %s", o.text("loadBalancingScheme"), scheme)
		}
		return o.checkEndpointFree()
	}
	return invalid("name a target proxy", "Invalid value for field 'resource.target': '%s'. It is no target proxy", o.text("target"))
}

func (o *op) schemeOf(service string) (string, error) {
	if service == "" {
		return "", nil
	}
	found, err := o.named(backendServiceType, service)
	if err != nil || found == nil {
		return "", err
	}
	return text(found.Properties, "loadBalancingScheme"), nil
}

// checkEndpointFree refuses an address that is not reserved, and an address and
// port that another rule has.
func (o *op) checkEndpointFree() error {
	address := o.text("ipAddress")
	if address == "" {
		return invalid("reserve a GlobalAddress, and name it", "the sandbox gives a forwarding rule no address of its own")
	}
	reserved, err := o.addresses(addressType, "address")
	if err != nil {
		return err
	}
	known := false
	for taken := range reserved {
		known = known || taken.String() == address
	}
	if !known {
		return invalid("reserve it with a GlobalAddress", "Invalid value for field 'resource.IPAddress': '%s'. The specified IP address was not found or is not reserved in the project", address)
	}
	rules, err := o.live(forwardingRuleType)
	if err != nil {
		return err
	}
	for _, other := range rules {
		if other.ID != o.id && text(other.Properties, "ipAddress") == address && text(other.Properties, "portRange") == o.text("portRange") {
			return invalid("use another address or port", "Invalid value for field 'resource.IPAddress': '%s'. Specified IP address is in-use and would result in a conflict: %s has port %s",
				address, describe(other), o.text("portRange"))
		}
	}
	return nil
}

// checkAddressUnrouted refuses to free an address that a forwarding rule has.
func (o *op) checkAddressUnrouted() error {
	rules, err := o.live(forwardingRuleType)
	if err != nil {
		return err
	}
	for _, rule := range rules {
		if rule.Project == o.old.Project && text(rule.Properties, "ipAddress") == text(o.old.Properties, "address") {
			return refuse(400, "resourceInUseByAnotherResource", "delete the forwarding rule first",
				"The address resource '%s' is already being used by %s", o.id, describe(rule))
		}
	}
	return nil
}
