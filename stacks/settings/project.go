package settings

const serviceType = "gcp:projects/service:Service"

var project = Part{"Project", []Row{
	{Setting: "APIs are turned on by the program", Type: serviceType},
	{Setting: "and stay on when the environment goes", Type: serviceType, Path: "disableOnDestroy", Want: is(false)},
	{Setting: "the network comes after its API", Type: vpcType, After: serviceType},
	{Setting: "clusters come after their API", Type: clusterType, After: serviceType},
	{Setting: "databases come after their API", Type: sqlType, After: serviceType},
	{Setting: "agents that Google makes only when asked are asked for", Type: "gcp:projects/serviceIdentity:ServiceIdentity"},
}}
