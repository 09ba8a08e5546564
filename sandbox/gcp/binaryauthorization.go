package gcp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const admissionAPI = "binaryauthorization.googleapis.com"

var admissionRules = map[string]*rule{
	// There is one policy in a project: making it sets it, and deleting it
	// puts back the one that admits everything.
	admissionType: {
		api:      admissionAPI,
		id:       format("projects/{project}"),
		replaces: []string{"project"},
		shared:   true,
		refs: []reference{
			{path: "defaultAdmissionRule.requireAttestationsBies", to: attestorType, pattern: "projects/{project}/attestors/{}"},
			{path: "clusterAdmissionRules.requireAttestationsBies", to: attestorType, pattern: "projects/{project}/attestors/{}"},
		},
		check: checkAdmission,
		outputs: func(o *op) error {
			o.set("globalPolicyEvaluationMode", "DISABLE")
			return nil
		},
	},
	attestorType: {
		api:      admissionAPI,
		name:     &naming{auto: true, property: "name", longest: 63, pattern: regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_-]*$`), form: "letters, digits, hyphens and underscores"},
		id:       format("projects/{project}/attestors/{name}"),
		replaces: []string{"attestationAuthorityNote.noteReference", "name", "project"},
		refs:     []reference{{path: "attestationAuthorityNote.noteReference", to: noteType, pattern: "projects/{project}/notes/{}"}},
		check:    checkAttestor,
		outputs: func(o *op) error {
			o.nest("attestationAuthorityNote", "delegationServiceAccountEmail", agentEmail(o.project.Number, "gcp-sa-binaryauthorization"))
			return nil
		},
		owns: []string{attestorMemberType},
	},
	attestorMemberType: memberRule(&rule{
		api:      admissionAPI,
		id:       format("projects/{project}/attestors/{attestor}/{role}/{member}"),
		replaces: []string{"attestor", "project"},
		refs:     []reference{{path: "attestor", to: attestorType, pattern: "projects/{project}/attestors/{}"}},
	}),
}

var (
	admissionPattern = regexp.MustCompile(`^[a-z0-9.-]+\.[a-z]{2,}(:[0-9]+)?(/[A-Za-z0-9._-]+)*(/\*{1,2}|\*|:[A-Za-z0-9._-]+\*?|@sha256:([0-9a-f]{64}|\*))?$`)
	ruledCluster     = regexp.MustCompile(`^[a-z]+-[a-z]+[0-9]+(-[a-z])?\.[a-z]([-a-z0-9]*[a-z0-9])?$`)
)

// checkAdmission judges patterns, and that attestors are named where they are
// asked, and only there.
// https://cloud.google.com/binary-authorization/docs/policy-yaml-reference
func checkAdmission(in resource.PropertyMap) []problem {
	var problems []problem
	for _, pattern := range texts(in, "admissionWhitelistPatterns.namePattern") {
		if !admissionPattern.MatchString(pattern) {
			problems = append(problems, problem{"admissionWhitelistPatterns", fmt.Sprintf("%q is not an image path: wildcards stand at the end only; write it like host/path@sha256:…, host/path:tag or host/path/*", clip(pattern))})
		}
	}
	if mode := text(in, "globalPolicyEvaluationMode"); mode != "" && mode != "ENABLE" && mode != "DISABLE" {
		problems = append(problems, problem{"globalPolicyEvaluationMode", fmt.Sprintf("expected one of [ENABLE DISABLE], got %q", clip(mode))})
	}
	judge := func(path string, m resource.PropertyMap) {
		attested := text(m, "evaluationMode") == "REQUIRE_ATTESTATION"
		named := has(m, "requireAttestationsBies") && (unknown(m, "requireAttestationsBies") || !empty(at(m, "requireAttestationsBies")))
		if attested != named && text(m, "evaluationMode") != "" {
			problems = append(problems, problem{path + ".requireAttestationsBies", "must name attestors when evaluationMode is REQUIRE_ATTESTATION, and only then"})
		}
	}
	if rule := at(in, "defaultAdmissionRule"); rule.IsObject() {
		judge("defaultAdmissionRule", rule.ObjectValue())
	}
	for _, rule := range each(resource.NewProperty(in), "clusterAdmissionRules") {
		judge("clusterAdmissionRules", rule.ObjectValue())
		if cluster := text(rule.ObjectValue(), "cluster"); cluster != "" && !ruledCluster.MatchString(cluster) {
			problems = append(problems, problem{"clusterAdmissionRules", fmt.Sprintf("%q is not a cluster: write it like southamerica-east1.name", clip(cluster))})
		}
	}
	return problems
}

// signatures are what a P-256 key signs by, under KMS' name and Binary
// Authorization's.
var signatures = []string{"ECDSA_P256_SHA256", "EC_SIGN_P256_SHA256"}

// checkAttestor judges the public keys: an attestor that cannot check a
// signature admits nothing.
func checkAttestor(in resource.PropertyMap) []problem {
	const path = "attestationAuthorityNote.publicKeys"
	var problems []problem
	for _, key := range each(resource.NewProperty(in), path) {
		m := key.ObjectValue()
		pkix := has(m, "pkixPublicKey")
		if pkix == has(m, "asciiArmoredPgpPublicKey") {
			problems = append(problems, problem{path, "exactly one of pkixPublicKey and asciiArmoredPgpPublicKey must be set in each"})
		}
		if id := text(m, "id"); pkix && id != "" {
			if u, err := url.Parse(id); err != nil || u.Path == "" || strings.ContainsAny(id, " \n") {
				problems = append(problems, problem{path + ".id", fmt.Sprintf("%q is not a URI: write it like //cloudkms.googleapis.com/v1/projects/…/cryptoKeyVersions/1", clip(id))})
			}
		}
		if text := text(m, "pkixPublicKey.publicKeyPem"); text != "" {
			problems = append(problems, checkPublicKey(path, text, m)...)
		}
	}
	return problems
}

func checkPublicKey(path, encoded string, m resource.PropertyMap) []problem {
	block, _ := pem.Decode([]byte(encoded))
	if block == nil || block.Type != "PUBLIC KEY" {
		return []problem{{path + ".pkixPublicKey.publicKeyPem", "is not a public key in PEM: take it from kms.GetKMSCryptoKeyVersion"}}
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return []problem{{path + ".pkixPublicKey.publicKeyPem", fmt.Sprintf("is not a PKIX public key: %v", err)}}
	}
	algorithm := text(m, "pkixPublicKey.signatureAlgorithm")
	curve, isCurve := key.(*ecdsa.PublicKey)
	if p256 := isCurve && curve.Curve == elliptic.P256(); algorithm != "" && p256 != slices.Contains(signatures, algorithm) {
		return []problem{{path + ".pkixPublicKey.signatureAlgorithm", fmt.Sprintf("%q does not fit the key, which is %T", clip(algorithm), key)}}
	}
	return nil
}
