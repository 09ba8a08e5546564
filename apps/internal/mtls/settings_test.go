package mtls_test

import (
	"testing"

	"github.com/avila-devops/saas/apps/internal/config"
	"github.com/avila-devops/saas/apps/internal/mtls"
)

// ASVS: v5.0.0-12.3.3 (services know each other).
func TestOnlyLoopbackMayGoWithoutCertificates(t *testing.T) {
	t.Parallel()
	whole := map[string]string{"MTLS_CERT_FILE": "c", "MTLS_KEY_FILE": "k", "MTLS_CA_FILE": "a", "MTLS_PEERS": "gateway,clinic"}
	for name, row := range map[string]struct {
		address string
		env     map[string]string
		ok, on  bool
	}{
		"loopback":              {"127.0.0.1:8080", nil, true, false},
		"loopback, IPv6":        {"[::1]:8080", nil, true, false},
		"everywhere":            {":8080", nil, false, false},
		"an address":            {"10.0.0.1:8080", nil, false, false},
		"with all":              {":8080", whole, true, true},
		"on loopback with all":  {"127.0.0.1:8080", whole, true, true},
		"on loopback with some": {"127.0.0.1:8080", map[string]string{"MTLS_CERT_FILE": "c"}, false, true},
		"anybody":               {":8080", map[string]string{"MTLS_CERT_FILE": "c", "MTLS_KEY_FILE": "k", "MTLS_CA_FILE": "a", "MTLS_PEERS": "*"}, false, true},
	} {
		r := config.From(func(name string) (string, bool) { text, ok := row.env[name]; return text, ok })
		s := mtls.LoadSettings(r, row.address)
		if err := r.Err(); (err == nil) != row.ok || s.On() != row.on {
			t.Errorf("%s: on is %t, %v", name, s.On(), err)
		}
	}
}
