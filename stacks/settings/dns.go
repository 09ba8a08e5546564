package settings

const (
	zoneType = "gcp:dns/managedZone:ManagedZone"
	public   = "visibility=public"
)

var dns = Part{"DNS", []Row{
	{Setting: "the zone is signed", Type: zoneType, With: public, Path: "dnssecConfig.state", Want: is("on")},
	{Setting: "by keys of the curve that resolvers like", Type: zoneType, With: public, Path: "dnssecConfig.defaultKeySpecs", Want: has(map[string]any{"algorithm": "ecdsap256sha256"})},
	{Setting: "queries are logged", Type: zoneType, With: public, Path: "cloudLoggingConfig.enableLogging", Want: is(true)},
	{Setting: "names are kept when a zone is asked to go", Type: zoneType, With: public, Path: "forceDestroy", Want: is(false)},
	{Setting: "the zone refuses deletion", Type: zoneType, With: public, Guarded: true},
	{Setting: "who may issue certificates is written down", Type: "gcp:dns/recordSet:RecordSet", Name: "-authorities", Path: "type", Want: is("CAA")},
	{Setting: "who proves names writes records, and nothing else", Type: "gcp:dns/dnsManagedZoneIamMember:DnsManagedZoneIamMember", Path: "role", Want: set(), After: "gcp:projects/iAMCustomRole:IAMCustomRole"},
	{Setting: "what the VPC asks is logged", Type: "gcp:dns/policy:Policy", Path: "enableLogging", Want: is(true)},
}}
