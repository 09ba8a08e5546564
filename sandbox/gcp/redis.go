package gcp

import (
	"crypto/rand"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

var redisRules = map[string]*rule{
	redisType: {
		api:   "redis.googleapis.com",
		name:  autoname(40),
		place: "region",
		id:    format("projects/{project}/locations/{region}/instances/{name}"),
		replaces: []string{
			"alternativeLocationId", "authorizedNetwork", "connectMode", "customerManagedKey", "locationId", "name", "project",
			"region", "reservedIpRange", "tier", "transitEncryptionMode",
		},
		refs:    []reference{{path: "authorizedNetwork", to: networkType, holds: true}},
		keys:    []keyUse{{path: "customerManagedKey", agent: "cloud-redis", place: "region"}},
		check:   checkRedis,
		create:  placeRedis,
		update:  updateRedis,
		outputs: redisOutputs,
	},
}

// checkRedis judges what the tiers allow.
// https://cloud.google.com/memorystore/docs/redis/about-read-replicas
func checkRedis(in resource.PropertyMap) []problem {
	var problems []problem
	size, replicas := number(in, "memorySizeGb"), number(in, "replicaCount")
	if !unknown(in, "memorySizeGb") && (size < 1 || size > 300) {
		problems = append(problems, problem{"memorySizeGb", fmt.Sprintf("must be from 1 to 300, got %v", size)})
	}
	reads := text(in, "readReplicasMode") == "READ_REPLICAS_ENABLED"
	if reads && text(in, "tier") != "STANDARD_HA" && text(in, "tier") != "" {
		problems = append(problems, problem{"readReplicasMode", "read replicas need tier STANDARD_HA"})
	}
	if reads && size >= 1 && size < 5 {
		problems = append(problems, problem{"memorySizeGb", fmt.Sprintf("read replicas need at least 5, got %v", size)})
	}
	if has(in, "replicaCount") && !unknown(in, "replicaCount") {
		switch {
		case reads && (replicas < 1 || replicas > 5):
			problems = append(problems, problem{"replicaCount", fmt.Sprintf("must be from 1 to 5 with read replicas, got %v", replicas)})
		case !reads && replicas > 1 && !unknown(in, "readReplicasMode"):
			problems = append(problems, problem{"replicaCount", "more than one needs readReplicasMode READ_REPLICAS_ENABLED"})
		}
	}
	if version := text(in, "redisVersion"); version != "" && !slices.Contains(redisVersions, version) {
		problems = append(problems, problem{"redisVersion", fmt.Sprintf("%q is not a version: use one of %v", clip(version), redisVersions)})
	}
	for _, check := range []func(resource.PropertyMap) []problem{checkRedisConfigs, checkRedisSnapshots, checkRedisMaintenance} {
		problems = append(problems, check(in)...)
	}
	return problems
}

// placeRedis takes the addresses of an instance.
// https://cloud.google.com/memorystore/docs/redis/networking
func placeRedis(o *op) error {
	block := netip.MustParsePrefix("10.255.255.0/24") // of Google's choice, by direct peering
	if o.text("connectMode") == "PRIVATE_SERVICE_ACCESS" {
		found, err := o.managedRange(o.text("authorizedNetwork"), o.text("reservedIpRange"), invalid(
			"make a gcp.servicenetworking.Connection in the network, and let this resource depend on it",
			"Google private service access is not enabled. Please enable it and try again: network '%s'", o.text("authorizedNetwork")))
		if err != nil {
			return err
		}
		block = found
	}
	used, err := o.managedAddresses()
	if err != nil {
		return err
	}
	if err := o.allocate("host", block, used); err != nil {
		return err
	}
	if o.text("readReplicasMode") == "READ_REPLICAS_ENABLED" {
		return o.allocate("readEndpoint", block, used)
	}
	return nil
}

// managedAddresses are those that Cloud SQL and Memorystore have.
func (o *op) managedAddresses() (map[netip.Addr]bool, error) {
	used, err := o.addresses(redisType, "host", "readEndpoint")
	if err != nil {
		return nil, err
	}
	databases, err := o.addresses(sqlInstanceType, "privateIpAddress")
	for address := range databases {
		used[address] = true
	}
	return used, err
}

// Ports of Memorystore: plain, and with TLS.
const redisPort, redisTLSPort = 6379, 6378

func redisOutputs(o *op) error {
	o.labels()
	tls := o.text("transitEncryptionMode") == "SERVER_AUTHENTICATION"
	port := redisPort
	if tls {
		port = redisTLSPort
	}
	o.set("port", port)
	if text(o.out, "readEndpoint") != "" {
		o.set("readEndpointPort", port)
	}
	o.set("createTime", o.stamp())
	o.set("redisVersion", "REDIS_7_0")
	o.set("displayName", "")
	o.set("readReplicasMode", "READ_REPLICAS_DISABLED")
	o.set("locationId", o.text("region")+"-a")
	o.set("alternativeLocationId", o.text("region")+"-b")
	o.set("currentLocationId", text(o.out, "locationId"))
	o.set("persistenceIamIdentity", "serviceAccount:"+agentEmail(o.project.Number, "cloud-redis"))
	o.set("replicaCount", o.replicas())
	o.replace("nodes", o.nodes())
	switch {
	case !flag(o.in, "authEnabled"):
		delete(o.out, "authString")
	case text(o.out, "authString") == "":
		o.replace("authString", resource.MakeSecret(resource.NewProperty(rand.Text())))
	}
	if !tls || o.out["serverCaCerts"].IsArray() {
		return nil
	}
	ca, err := newAuthority("Redis server CA of "+o.text("name"), o.now)
	if err != nil {
		return err
	}
	o.replace("serverCaCerts", []any{map[string]any{
		"cert": ca.pem, "serialNumber": ca.serial, "sha1Fingerprint": ca.fingerprint,
		"createTime": ca.from.Format(time.RFC3339), "expireTime": ca.until.Format(time.RFC3339),
	}})
	return nil
}

func (o *op) replicas() int {
	switch {
	case has(o.in, "replicaCount"):
		return int(number(o.in, "replicaCount"))
	case o.text("readReplicasMode") == "READ_REPLICAS_ENABLED":
		return 2
	case o.text("tier") == "STANDARD_HA":
		return 1
	default:
		return 0
	}
}

func (o *op) nodes() []any {
	var nodes []any
	for i := range o.replicas() + 1 {
		nodes = append(nodes, map[string]any{"id": fmt.Sprintf("node-%d", i), "zone": o.text("region") + "-" + string(rune('a'+i%3))})
	}
	return nodes
}
