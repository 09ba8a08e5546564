package gcp

var bucketMemberRules = map[string]*rule{
	bucketMemberType: memberRule(&rule{
		api:      "storage.googleapis.com",
		id:       format("b/{bucket}/{role}/{member}"),
		replaces: []string{"bucket"},
		refs:     []reference{{path: "bucket", to: bucketType}},
		// A bucket's name says nothing of its project.
		within: func(o *op) (string, error) {
			buckets, err := o.live(bucketType)
			if err != nil {
				return "", err
			}
			for _, bucket := range buckets {
				if bucket.ID == o.text("bucket") {
					return bucket.Project, nil
				}
			}
			return "", notFound("create the bucket first, or correct bucket", "The specified bucket does not exist: %s", o.text("bucket"))
		},
	}),
}
