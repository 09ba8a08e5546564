package tenancy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/avila-devops/saas/apps/internal/tenancy"
)

func TestAHostIsFoldedAndItsPortIsStripped(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 63)
	for header, want := range map[string]string{
		"cliente-a.aviladevops.com.br":                  "cliente-a.aviladevops.com.br",
		"cliente-a.aviladevops.com.br:443":              "cliente-a.aviladevops.com.br",
		"Cliente-A.AvilaDevOps.COM.BR:65535":            "cliente-a.aviladevops.com.br",
		"cliente-a.aviladevops.com.br.":                 "cliente-a.aviladevops.com.br",
		"cliente-a.aviladevops.com.br.:8443":            "cliente-a.aviladevops.com.br",
		"xn--clnica-zva.example":                        "xn--clnica-zva.example",
		long + "." + long + "." + long + "." + long[2:]: long + "." + long + "." + long + "." + long[2:],
	} {
		if got, err := tenancy.ParseHost(header); got != want || err != nil {
			t.Errorf("%q is %q, %v", header, got, err)
		}
	}
}

// ASVS: v5.0.0-1.1.1, v5.0.0-2.2.1.
func TestWhatIsNoHostIsRefused(t *testing.T) {
	t.Parallel()
	for name, header := range map[string]string{
		"nothing": "", "a dot": ".", "a port": ":443", "two dots": "a..b", "a first dot": ".a", "two last dots": "a..",
		"no port": "a:", "port 0": "a:0", "a port too high": "a:65536", "a long port": "a:000443", "letters for a port": "a:https", "two ports": "a:1:2",
		"an IPv6 address": "[::1]:443", "a user": "a@b", "a path": "a/b", "a space": "a b", "a null": "a\x00b", "a line": "a\r\nX: b",
		"an underscore": "tenant_a.example", "a percent": "a%2eb", "a hyphen first": "-a.b", "a hyphen last": "a-.b",
		"a Kelvin sign": "cliente-\u212A.example", "a long s": "cliente\u017F.example", "a wide letter": "cliente-\uFF41.example",
		"an ideographic stop": "a\u3002example", "an accent": "clínica.example", "bytes": "a\xff", "a long label": strings.Repeat("a", 64) + ".b", "a long name": strings.Repeat("a.", 128) + "b",
		"an endless name": strings.Repeat("a", 1<<16),
	} {
		if got, err := tenancy.ParseHost(header); !errors.Is(err, tenancy.ErrHost) || got != "" {
			t.Errorf("%s: %.40q is %q, %v", name, header, got, err)
		} else if len(err.Error()) > 1000 {
			t.Errorf("%s: the error repeats %d bytes", name, len(err.Error()))
		}
	}
}

// FuzzHost holds that whatever a client sends, only the very host of a tenant,
// but for case, port and a last dot, finds it.
//
// ASVS: v5.0.0-1.1.1.
func FuzzHost(f *testing.F) {
	const host = "cliente-a.aviladevops.com.br"
	d, err := tenancy.NewDirectory(f.Context(), list{{Name: "a", Host: host, State: tenancy.Active}}, tenancy.Following{})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{host, host + ":443", "CLIENTE-A.aviladevops.com.br", host + ".", "cliente-\u212A", "xn--a", "a:1:2", "[::1]:80", "cliente-b.aviladevops.com.br", host + "@evil", "evil/" + host, "\x00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		found, err := d.Host(header)
		if err != nil {
			if !found.ID.IsZero() || !errors.Is(err, tenancy.ErrHost) && !errors.Is(err, tenancy.ErrUnknown) {
				t.Fatalf("%q: %v, %v", header, found, err)
			}
			return
		}
		bare := header
		if i := strings.LastIndexByte(bare, ':'); i >= 0 {
			bare = bare[:i]
		}
		bare = strings.TrimSuffix(bare, ".")
		if len(bare) != len(host) || !strings.EqualFold(bare, host) {
			t.Fatalf("%q found the tenant of %q", header, host)
		}
		if again, err := tenancy.ParseHost(host); again != host || err != nil {
			t.Fatalf("%q does not stay as it is", host)
		}
	})
}

// FuzzName holds that a name from a token or a job finds a tenant only when it
// is that tenant's, to the byte.
func FuzzName(f *testing.F) {
	d, err := tenancy.NewDirectory(f.Context(), list{{Name: "a", Host: "a.example", State: tenancy.Active}, {Name: "b", Host: "b.example", State: tenancy.Suspended}}, tenancy.Following{})
	if err != nil {
		f.Fatal(err)
	}
	for _, seed := range []string{"a", "b", "A", "a ", "a\x00", "tenant_a", "", "a'; set role tenant_b; --", "../a"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		found, err := d.Named(name)
		if (err == nil) != (name == "a") || !found.ID.IsZero() && found.ID.String() != name {
			t.Fatalf("%q finds %v, %v", name, found.ID, err)
		}
		if found.ID.Is(name) != (name == "a") {
			t.Fatalf("%q is %v", name, found.ID)
		}
	})
}
