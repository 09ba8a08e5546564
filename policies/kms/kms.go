// Package kms holds the controls over keys: how they are kept, how long they
// are used, and that nobody both administers and uses them.
package kms

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

const (
	keyType        = "gcp:kms/cryptoKey:CryptoKey"
	keyMemberType  = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
	keyBindingType = "gcp:kms/cryptoKeyIAMBinding:CryptoKeyIAMBinding"
	ringMemberType = "gcp:kms/keyRingIAMMember:KeyRingIAMMember"
)

// The bounds of a key's life, in seconds: 90 days of use, and 30 in which a
// destroyed version can be brought back.
const (
	longestUse        = 7776000
	shortestRecalling = 2592000
)

// Controls are the area's controls of single resources.
var Controls = []control.Control{
	{
		ID: "kms-rotation", Title: "A key that encrypts is turned every 90 days", Source: "CIS GCP 5.0 1.10, CKV_GCP_43",
		Remedy: "set rotationPeriod to 7776000s or less", Types: []string{keyType}, Judge: rotation,
	},
	{
		ID: "kms-hsm", Title: "Keys stay in hardware", Source: "own: HSM protection",
		Remedy: "set versionTemplate.protectionLevel to HSM", Types: []string{keyType}, Judge: control.OneOf("versionTemplate.protectionLevel", "HSM"),
	},
	{
		ID: "kms-recoverable", Title: "A key that is destroyed can be brought back for a month", Source: "CKV_GCP_82",
		Remedy: "set destroyScheduledDuration to 2592000s or more, and protect the resource", Types: []string{keyType}, Judge: recoverable,
	},
	{
		ID: "kms-not-public", Title: "No key can be used by everybody", Source: "CIS GCP 5.0 1.9, CKV_GCP_112, CKV2_GCP_6",
		Remedy: "grant to named members", Types: []string{keyMemberType, keyBindingType, ringMemberType}, Judge: notPublic,
	},
}

func rotation(m property.Map) []control.Finding {
	if purpose := control.String(m, "purpose"); purpose != "" && purpose != "ENCRYPT_DECRYPT" {
		return nil // asymmetric keys do not turn by themselves
	}
	return within(m, "rotationPeriod", 1, longestUse)
}

func recoverable(m property.Map) []control.Finding {
	return within(m, "destroyScheduledDuration", shortestRecalling, 120*24*3600)
}

// within judges a duration in seconds.
func within(m property.Map, path string, least, most float64) []control.Finding {
	value := control.At(m, path)
	switch {
	case value.IsComputed():
		return nil
	case !value.IsString():
		return []control.Finding{{Property: path, Fault: "is not set"}}
	}
	seconds, err := strconv.ParseFloat(strings.TrimSuffix(value.AsString(), "s"), 64)
	if err != nil || seconds < least || seconds > most {
		return []control.Finding{{Property: path, Fault: fmt.Sprintf("is %q", value.AsString())}}
	}
	return nil
}

func notPublic(m property.Map) []control.Finding {
	members := []property.Value{m.Get("member")}
	if all := m.Get("members"); all.IsArray() {
		members = append(members, all.AsArray().AsSlice()...)
	}
	for _, member := range members {
		if member.IsString() && slices.Contains([]string{"allUsers", "allAuthenticatedUsers"}, member.AsString()) {
			return []control.Finding{{Property: "member", Fault: "is " + member.AsString()}}
		}
	}
	return nil
}
