package settings

const backendType = "gcp:compute/backendService:BackendService"

var edge = Part{"Edge", []Row{
	{Setting: "a global proxy load balancer", Type: backendType, Path: "loadBalancingScheme", Want: is("EXTERNAL_MANAGED")},
	{Setting: "that carries TCP and leaves TLS to us", Type: backendType, Path: "protocol", Want: is("TCP")},
	{Setting: "a client stays on a pod", Type: backendType, Path: "sessionAffinity", Want: is("CLIENT_IP")},
	{Setting: "Cloud Armor in front", Type: backendType, Path: "securityPolicy", Want: set()},
	{Setting: "connections are logged", Type: backendType, Path: "logConfig.enable", Want: is(true)},
	{Setting: "pods are asked for their health", Type: backendType, Path: "healthChecks", Want: set()},
	{Setting: "the client's address reaches nginx", Type: "gcp:compute/targetTCPProxy:TargetTCPProxy", Path: "proxyHeader", Want: is("PROXY_V1")},
	{Setting: "443 and 80 on one address", Type: "gcp:compute/globalForwardingRule:GlobalForwardingRule", Name: "edge-", Path: "ipAddress", Want: set()},
	{Setting: "only the load balancer's ranges reach the gateway", Type: firewallType, Name: "edge-", Path: "sourceRanges", Want: exactly("130.211.0.0/22", "35.191.0.0/16")},
	{Setting: "and are logged", Type: firewallType, Name: "edge-", Path: "logConfig.metadata", Want: is("INCLUDE_ALL_METADATA")},
}}
