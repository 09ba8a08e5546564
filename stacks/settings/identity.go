package settings

var identity = Part{"Identity", []Row{
	{Setting: "no key of a service account", Type: "gcp:serviceaccount/key:Key", None: true},
	{Setting: "grants add, and never overwrite, a project's members", Type: "gcp:projects/iAMPolicy:IAMPolicy", None: true},
	{Setting: "nodes have an account of their own in every region", Type: "gcp:serviceaccount/account:Account", Name: "-nodes", Regions: true},
}}
