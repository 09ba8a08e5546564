package gcp

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

// deepestFolder is how many managed folders may lie in each other:
// https://cloud.google.com/storage/docs/managed-folders
const deepestFolder = 15

// folderRules are what has access of its own inside Cloud Storage: buckets'
// members, folders and folders' members.
var folderRules = map[string]*rule{
	folderType: {
		api: "storage.googleapis.com",
		name: &naming{
			auto: true, property: "name", longest: 1024,
			pattern: regexp.MustCompile(`^[^/]+(/[^/]+)*/$`), form: "a path that ends in a slash, like media/a/",
		},
		id:       format("{bucket}/{name}"),
		defaults: map[string]any{"forceDestroy": false},
		replaces: []string{"bucket", "name"},
		refs:     []reference{{path: "bucket", to: bucketType, holds: true}},
		check: func(in resource.PropertyMap) []problem {
			if depth := strings.Count(text(in, "name"), "/"); depth > deepestFolder {
				return []problem{{"name", fmt.Sprintf("lies %d deep: at most %d are allowed", depth, deepestFolder)}}
			}
			return nil
		},
		create: func(o *op) error {
			bucket, err := o.named(bucketType, o.text("bucket"))
			if err != nil || bucket == nil {
				return err
			}
			if !flag(bucket.Properties, "uniformBucketLevelAccess") {
				return refuse(412, "conditionNotMet", "set uniformBucketLevelAccess on the bucket",
					"Managed folders need uniform bucket-level access, which the bucket '%s' does not have", bucket.ID)
			}
			return nil
		},
		remove: removeFolder,
		outputs: func(o *op) error {
			o.set("createTime", o.stamp())
			o.set("updateTime", o.stamp())
			o.set("metageneration", "1")
			o.set("selfLink", "https://www.googleapis.com/storage/v1/b/"+o.text("bucket")+"/managedFolders/"+o.text("name"))
			return nil
		},
	},
	folderMemberType: memberOfFolder(),
}

// memberOfFolder is a member rule whose folder is named by its path.
func memberOfFolder() *rule {
	r := memberRule(&rule{
		api:      "storage.googleapis.com",
		id:       format("b/{bucket}/managedFolders/{managedFolder}/{role}/{member}"),
		replaces: []string{"bucket", "managedFolder"},
		refs:     []reference{{path: "bucket", to: bucketType}},
	})
	members := r.create
	r.create = func(o *op) error {
		path := o.text("managedFolder")
		if !strings.HasSuffix(path, "/") {
			path += "/"
		}
		folder, err := o.tx.Get(folderType, o.text("bucket")+"/"+path)
		if err != nil {
			return err
		}
		if folder == nil {
			return notFound("create the storage ManagedFolder first, or correct managedFolder", "The managed folder '%s' of bucket '%s' was not found", path, o.text("bucket"))
		}
		return members(o)
	}
	return r
}

// removeFolder refuses to delete a folder with objects in it.
func removeFolder(o *op) error {
	bucket, err := o.bucketOf(o.old)
	if err != nil || bucket == nil {
		return err
	}
	dir := filepath.Join(o.store.Objects(bucket.Project, bucket.ID), filepath.FromSlash(text(o.old.Properties, "name")))
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 && !flag(o.old.Properties, "forceDestroy") {
		return refuse(409, "conflict", "remove its objects first, or set forceDestroy, which leaves them in the bucket",
			"The managed folder you tried to delete is not empty: %s", o.id)
	}
	return nil
}

func (o *op) bucketOf(record *cloud.Record) (*cloud.Record, error) {
	return o.tx.Get(bucketType, text(record.Properties, "bucket"))
}
