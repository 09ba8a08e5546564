package gcp

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const kmsAPI = "cloudkms.googleapis.com"

// keyName is how Cloud KMS names rings and keys.
// https://cloud.google.com/kms/docs/reference/rest/v1/projects.locations.keyRings/create
var keyName = &naming{
	auto: true, property: "name", longest: 63,
	pattern: regexp.MustCompile(`^[a-zA-Z0-9_-]+$`), form: "letters, digits, hyphens and underscores",
}

// kept says that Google keeps a resource for ever: a deletion only takes it
// out of the state, and its name is never free again.
// https://cloud.google.com/kms/docs/object-hierarchy
func kept(resource.PropertyMap) bool { return true }

var kmsRules = map[string]*rule{
	keyRingType: {
		api:      kmsAPI,
		name:     keyName,
		id:       format("projects/{project}/locations/{location}/keyRings/{name}"),
		replaces: []string{"location", "name", "project"},
		abandon:  kept,
	},
	cryptoKeyType: {
		api:      kmsAPI,
		name:     keyName,
		owner:    "keyRing",
		id:       format("{keyRing}/cryptoKeys/{name}"),
		defaults: map[string]any{"purpose": "ENCRYPT_DECRYPT", "versionTemplate.protectionLevel": "SOFTWARE"},
		replaces: []string{
			"cryptoKeyBackend", "destroyScheduledDuration", "importOnly", "keyRing", "name", "purpose",
			"skipInitialVersionCreation", "versionTemplate.protectionLevel",
		},
		refs:  []reference{{path: "keyRing", to: keyRingType, holds: true}},
		check: checkCryptoKey,
		outputs: func(o *op) error {
			o.labels()
			o.set("destroyScheduledDuration", "86400s")
			o.set("importOnly", false)
			if !flag(o.in, "skipInitialVersionCreation") {
				// Only keys that encrypt have a version that is used by default.
				if o.text("purpose") != "ENCRYPT_DECRYPT" {
					return nil
				}
				o.set("primaries", []any{map[string]any{"name": o.id + "/cryptoKeyVersions/1", "state": "ENABLED"}})
			}
			return nil
		},
		abandon: kept, // the provider destroys the versions, and the key stays
	},
	keyMemberType: memberRule(&rule{
		api:      kmsAPI,
		owner:    "cryptoKeyId",
		id:       format("{cryptoKeyId}/{role}/{member}"),
		replaces: []string{"cryptoKeyId"},
		refs:     []reference{{path: "cryptoKeyId", to: cryptoKeyType}},
	}),
}

// checkCryptoKey judges the rotation period: at least a day, in seconds.
func checkCryptoKey(in resource.PropertyMap) []problem {
	var problems []problem
	for path, least := range map[string]float64{"rotationPeriod": 86400, "destroyScheduledDuration": 86400} {
		value := text(in, path)
		if value == "" {
			continue
		}
		seconds, err := strconv.ParseFloat(strings.TrimSuffix(value, "s"), 64)
		if err != nil || !strings.HasSuffix(value, "s") || seconds < least {
			problems = append(problems, problem{path, fmt.Sprintf("%q must be a number of seconds, at least a day: write it like 7776000s", clip(value))})
		}
	}
	if text(in, "rotationPeriod") != "" && text(in, "purpose") != "" && text(in, "purpose") != "ENCRYPT_DECRYPT" {
		problems = append(problems, problem{"rotationPeriod", "only keys of purpose ENCRYPT_DECRYPT rotate by themselves: remove it"})
	}
	purpose, algorithm := text(in, "purpose"), text(in, "versionTemplate.algorithm")
	if prefix := algorithmsOf[purpose]; algorithm != "" && prefix != "" && !regexp.MustCompile(prefix).MatchString(algorithm) {
		problems = append(problems, problem{"versionTemplate.algorithm", fmt.Sprintf("%q is not an algorithm of purpose %s", clip(algorithm), purpose)})
	}
	if purpose != "" && purpose != "ENCRYPT_DECRYPT" && !has(in, "versionTemplate") {
		problems = append(problems, problem{"versionTemplate", "must name an algorithm for purpose " + purpose})
	}
	return problems
}

// algorithmsOf are the algorithms of each purpose.
// https://cloud.google.com/kms/docs/algorithms
var algorithmsOf = map[string]string{
	"ENCRYPT_DECRYPT":    `^(GOOGLE_SYMMETRIC_ENCRYPTION|EXTERNAL_SYMMETRIC_ENCRYPTION)$`,
	"ASYMMETRIC_SIGN":    `^(RSA_SIGN_|EC_SIGN_)`,
	"ASYMMETRIC_DECRYPT": `^RSA_DECRYPT_`,
	"MAC":                `^HMAC_`,
}
