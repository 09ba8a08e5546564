package settings

const (
	vpcType        = "gcp:compute/network:Network"
	subnetType     = "gcp:compute/subnetwork:Subnetwork"
	natType        = "gcp:compute/routerNat:RouterNat"
	firewallType   = "gcp:compute/firewall:Firewall"
	addressType    = "gcp:compute/globalAddress:GlobalAddress"
	connectionType = "gcp:servicenetworking/connection:Connection"
)

var network = Part{"Network", []Row{
	{Setting: "subnetworks are planned, none comes by itself", Type: vpcType, Path: "autoCreateSubnetworks", Want: is(false)},
	{Setting: "routes reach every region", Type: vpcType, Path: "routingMode", Want: is("GLOBAL")},
	{Setting: "a subnetwork in every region", Type: subnetType, Regions: true},
	{Setting: "pods have a range of their own", Type: subnetType, Path: "secondaryIpRanges", Want: has(map[string]any{"rangeName": "pods"})},
	{Setting: "services have a range of their own", Type: subnetType, Path: "secondaryIpRanges", Want: has(map[string]any{"rangeName": "services"})},
	{Setting: "Google's APIs are reached without a public address", Type: subnetType, Path: "privateIpGoogleAccess", Want: is(true)},
	{Setting: "and by names that stand for addresses inside Google's network", Type: zoneType, Name: "-apis", Path: "visibility", Want: is("private")},
	{Setting: "flow logs every five seconds", Type: subnetType, Path: "logConfig.aggregationInterval", Want: is("INTERVAL_5_SEC")},
	{Setting: "flow logs miss no connection", Type: subnetType, Path: "logConfig.flowSampling", Want: is(1.0)},
	{Setting: "flow logs carry all metadata", Type: subnetType, Path: "logConfig.metadata", Want: is("INCLUDE_ALL_METADATA")},
	{Setting: "a router in every region", Type: "gcp:compute/router:Router", Regions: true},
	{Setting: "a NAT in every region", Type: natType, Regions: true},
	{Setting: "the NAT serves all ranges", Type: natType, Path: "sourceSubnetworkIpRangesToNat", Want: is("ALL_SUBNETWORKS_ALL_IP_RANGES")},
	{Setting: "the NAT logs what fails", Type: natType, Path: "logConfig.filter", Want: is("ERRORS_ONLY")},
	{Setting: "the NAT's log is on", Type: natType, Path: "logConfig.enable", Want: is(true)},
	{Setting: "managed services have a range in every region", Type: addressType, Name: "-managed", Path: "purpose", Want: is("VPC_PEERING"), Regions: true},
	{Setting: "the range is private", Type: addressType, Name: "-managed", Path: "addressType", Want: is("INTERNAL")},
	{Setting: "private services access uses the reserved ranges", Type: connectionType, Path: "reservedPeeringRanges", Want: set()},
	{Setting: "Cloud SQL comes after private services access", Type: sqlType, After: connectionType},
	{Setting: "Memorystore comes after private services access", Type: redisType, After: connectionType},
	{Setting: "what no rule allows is refused", Type: firewallType, Name: "-deny", Path: "denies", Want: has(map[string]any{"protocol": "all"})},
	{Setting: "from wherever it comes", Type: firewallType, Name: "-deny", Path: "sourceRanges", Want: exactly("0.0.0.0/0")},
	{Setting: "the refusing rule is the last", Type: firewallType, Name: "-deny", Path: "priority", Want: is(65534.0)},
	{Setting: "firewall rules are logged with metadata", Type: firewallType, Path: "logConfig.metadata", Want: is("INCLUDE_ALL_METADATA")},
	{Setting: "firewall rules say what they are for", Type: firewallType, Path: "description", Want: set()},
}}
