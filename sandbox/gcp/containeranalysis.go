package gcp

const analysisAPI = "containeranalysis.googleapis.com"

var noteRules = map[string]*rule{
	noteType: {
		api:      analysisAPI,
		name:     autoname(63),
		id:       format("projects/{project}/notes/{name}"),
		replaces: []string{"name", "project"},
		outputs: func(o *op) error {
			o.set("kind", "ATTESTATION")
			o.set("createTime", o.stamp())
			o.replace("updateTime", o.stamp())
			return nil
		},
		owns: []string{noteMemberType},
	},
	noteMemberType: memberRule(&rule{
		api:      analysisAPI,
		id:       format("projects/{project}/notes/{note}/{role}/{member}"),
		replaces: []string{"note", "project"},
		refs:     []reference{{path: "note", to: noteType, pattern: "projects/{project}/notes/{}"}},
	}),
}
