package kms_test

import (
	"strings"
	"testing"

	"github.com/avila-devops/saas/policies/control"
	"github.com/avila-devops/saas/policies/control/controltest"
	"github.com/avila-devops/saas/policies/kms"
)

const (
	keyType    = "gcp:kms/cryptoKey:CryptoKey"
	memberType = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
	grantType  = "gcp:projects/iAMMember:IAMMember"
)

var change = controltest.Change

func TestControlsCatch(t *testing.T) {
	t.Parallel()
	controltest.Prove(t, kms.Controls, map[string]string{
		keyType:    `{"purpose":"ENCRYPT_DECRYPT","rotationPeriod":"7776000s","destroyScheduledDuration":"2592000s","versionTemplate":{"protectionLevel":"HSM"}}`,
		memberType: `{"cryptoKeyId":"k","role":"roles/cloudkms.signer","member":"serviceAccount:a@p.iam.gserviceaccount.com"}`,
	}, map[string]controltest.Row{
		"a key that is never turned":       change(keyType, "rotationPeriod", nil, "kms-rotation", "is not set"),
		"a key that is turned once a year": change(keyType, "rotationPeriod", "31536000s", "kms-rotation", `is "31536000s"`),
		"a key that signs":                 change(keyType, "purpose", "ASYMMETRIC_SIGN", "", ""),
		"a period that is not known":       change(keyType, "rotationPeriod", controltest.Unknown, "", ""),
		"a key in software":                change(keyType, "versionTemplate.protectionLevel", "SOFTWARE", "kms-hsm", "SOFTWARE"),
		"a key of which nothing is said":   change(keyType, "versionTemplate", nil, "kms-hsm", "is not set"),
		"a key that is gone in a day":      change(keyType, "destroyScheduledDuration", "86400s", "kms-recoverable", "86400s"),
		"a key for everybody":              change(memberType, "member", "allUsers", "kms-not-public", "is allUsers"),
		"a key for everybody signed in":    change(memberType, "member", "allAuthenticatedUsers", "kms-not-public", "is allAuthenticatedUsers"),
	})
}

func TestOneWhoAdministersKeysDoesNotUseThem(t *testing.T) {
	t.Parallel()
	grant := func(typ, role, member string) control.Resource {
		return control.Resource{Type: typ, URN: typ + role, Properties: controltest.Parse(t, `{"role":"`+role+`","member":"`+member+`"}`)}
	}
	own := func(permission string) control.Resource {
		return control.Resource{Type: "gcp:projects/iAMCustomRole:IAMCustomRole", Properties: controltest.Parse(t, `{"roleId":"ours","permissions":["`+permission+`"]}`)}
	}
	const decrypts = "roles/cloudkms.cryptoKeyDecrypter"
	for name, row := range map[string]struct {
		resources []control.Resource
		want      string
	}{
		"one who does both":             {[]control.Resource{grant(grantType, "roles/cloudkms.admin", "user:a@b.c"), grant(memberType, decrypts, "user:a@b.c")}, "gives user:a@b.c " + decrypts + ", who administers keys by roles/cloudkms.admin"},
		"two who share the work":        {[]control.Resource{grant(grantType, "roles/cloudkms.admin", "user:a@b.c"), grant(memberType, decrypts, "user:d@b.c")}, ""},
		"one who signs and administers": {[]control.Resource{own("cloudkms.cryptoKeys.setIamPolicy"), grant(grantType, "projects/p/roles/ours", "user:a@b.c"), grant(memberType, "roles/cloudkms.signerVerifier", "user:a@b.c")}, "administers keys by roles/ours"},
		"a role that only looks":        {[]control.Resource{own("cloudkms.cryptoKeys.get"), grant(grantType, "projects/p/roles/ours", "user:a@b.c"), grant(memberType, "roles/cloudkms.signerVerifier", "user:a@b.c")}, ""},
		"a member that is not known":    {[]control.Resource{grant(grantType, "roles/cloudkms.admin", controltest.Unknown), grant(memberType, decrypts, controltest.Unknown)}, ""},
	} {
		findings := kms.StackControls[0].Judge(row.resources)
		switch {
		case row.want == "" && len(findings) > 0:
			t.Errorf("%s: %v", name, findings)
		case row.want != "" && (len(findings) != 1 || !strings.Contains(findings[0].Fault, row.want)):
			t.Errorf("%s: %v, want %q", name, findings, row.want)
		}
	}
}
