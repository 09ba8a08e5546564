package nginxconf

import (
	"net/netip"
	"strings"
	"testing"
)

// valid is a gateway in front of three services and three tenants.
func valid() *Args {
	return &Args{
		Nginx: Version{1, 30, 5}, Workers: 2, HTTPS: 8443, HTTP: 8080, Health: 8081,
		Certificate: "/tls/tls.crt", Key: "/tls/tls.key", Scratch: "/tmp", AccessLog: "/dev/stdout", ErrorLog: "/dev/stderr",
		Balancers:  []netip.Prefix{netip.MustParsePrefix("130.211.0.0/22"), netip.MustParsePrefix("35.191.0.0/16")},
		ClientRate: 1000, ClientBurst: 100,
		Apex: []string{"example.com.br", "www.example.com.br"},
		Services: []Service{
			{Name: "landing", Active: "landing.test.svc:8080", Identity: "landing.test.svc", Apex: true},
			{Name: "admin", Active: "admin.test.svc:8080", Identity: "admin.test.svc", Paths: []string{"/admin", "/api"}},
			{Name: "clinic", Active: "clinic.test.svc:8080", Preview: "clinic-preview.test.svc:8080", Share: 10, Identity: "clinic.test.svc", Paths: []string{"/clinica"}},
		},
		Tenants: []Tenant{
			{Host: "a.example.com.br", PerMinute: 6000}, {Host: "b.example.com.br", PerMinute: 600},
			{Host: "c.example.com.br", PerMinute: 6000, Suspended: true},
		},
	}
}

// ASVS: v5.0.0-1.2.9, v5.0.0-13.2.5.
func TestWhatCannotBeServedIsRefused(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		change func(*Args)
		want   string
	}{
		"a privileged port":            {func(a *Args) { a.HTTPS = 443 }, "Args.HTTPS is 443: an unprivileged nginx listens on 1024 to 65535"},
		"a port twice":                 {func(a *Args) { a.Health = 8080 }, "are both 8080"},
		"a file with a space":          {func(a *Args) { a.Key = "/tls/my key" }, `Args.Key "/tls/my key" is not an absolute path`},
		"no worker":                    {func(a *Args) { a.Workers = 0 }, "Args.Workers 0"},
		"no rate":                      {func(a *Args) { a.ClientRate = 0 }, "ClientRate 0"},
		"a port that is none":          {func(a *Args) { a.Public = 70000 }, "Args.Public is 70000"},
		"a balancer and none":          {func(a *Args) { a.Direct = true }, "Args.Direct is set beside Balancers"},
		"two for the rest":             {func(a *Args) { a.Services[0].Rest, a.Services[1].Rest = true, true }, "services landing and admin both answer for the rest"},
		"nobody to believe":            {func(a *Args) { a.Balancers = nil }, "Args.Balancers is empty"},
		"an address that is a name":    {func(a *Args) { a.Address = "localhost" }, `Args.Address "localhost" is not an address`},
		"a host that ends a line":      {func(a *Args) { a.Tenants[0].Host = "a.com; return 200" }, "is not a complete host name"},
		"a host twice":                 {func(a *Args) { a.Tenants[1].Host = "a.example.com.br" }, "host a.example.com.br is listed twice"},
		"a tenant without a rate":      {func(a *Args) { a.Tenants[1].PerMinute = 0 }, "tenant b.example.com.br may make 0 requests a minute"},
		"a service twice":              {func(a *Args) { a.Services[1].Name = "landing" }, `service "landing": a name of its own`},
		"an address without a port":    {func(a *Args) { a.Services[0].Active = "landing" }, `addresses "landing" and "" must be host:port`},
		"a share without a preview":    {func(a *Args) { a.Services[2].Preview = "" }, "a share of 10 % for the preview \"\""},
		"more than half":               {func(a *Args) { a.Services[2].Share = 90 }, "a share of 90 %"},
		"two at the apex":              {func(a *Args) { a.Services[1].Apex = true }, "services landing and admin both answer for the apex"},
		"a path that is a pattern":     {func(a *Args) { a.Services[1].Paths = []string{"/(.*)"} }, `path "/(.*)" is not like /admin`},
		"a path inside another's":      {func(a *Args) { a.Services[2].Paths = []string{"/api/clinica"} }, "service clinic: path /api/clinica meets /api of admin"},
		"a service without identity":   {func(a *Args) { a.Mutual = &Mutual{"/a", "/b", "/c"}; a.Services[0].Identity = "" }, `service landing: identity "" is not the name in a certificate`},
		"mutual TLS without an issuer": {func(a *Args) { a.Mutual = &Mutual{Certificate: "/a", Key: "/b"} }, `Args.Mutual.CA "" is not an absolute path`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := valid()
			row.change(args)
			if text, err := Render(args); err == nil || !strings.Contains(err.Error(), row.want) || text != "" {
				t.Errorf("got %v, want %q", err, row.want)
			}
		})
	}
}

func TestTheTextFollowsTheVersionOfNginx(t *testing.T) {
	t.Parallel()
	for version, want := range map[Version]struct{ http2, parameter, cache bool }{
		{1, 30, 5}: {true, false, true}, {1, 26, 0}: {true, false, false}, {1, 25, 1}: {true, false, false}, {1, 22, 1}: {false, true, false}, {2, 0, 0}: {true, false, true},
	} {
		args := valid()
		args.Nginx = version
		text, err := Render(args)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(text, "http2 on;") != want.http2 || strings.Contains(text, "ssl http2 proxy_protocol") != want.parameter || strings.Contains(text, "ssl_certificate_cache") != want.cache {
			t.Errorf("the text for %v does not suit it", version)
		}
	}
}

func TestAnotherTenantAddsOnlyItsOwnLines(t *testing.T) {
	t.Parallel()
	before, err := Render(valid())
	if err != nil {
		t.Fatal(err)
	}
	args := valid()
	args.Tenants = append(args.Tenants, Tenant{Host: "d.example.com.br", PerMinute: 6000})
	after, err := Render(args)
	if err != nil {
		t.Fatal(err)
	}
	kept := strings.Split(after, "\n")
	for line := range strings.SplitSeq(before, "\n") {
		if len(kept) > 0 && strings.TrimSuffix(kept[0], ";") == strings.TrimSuffix(line, ";") {
			kept = kept[1:]
			continue
		}
		for len(kept) > 0 && strings.Contains(kept[0], "d.example.com.br") {
			kept = kept[1:]
		}
		if len(kept) == 0 || strings.TrimSuffix(kept[0], ";") != strings.TrimSuffix(line, ";") {
			t.Fatalf("the line %q is gone or moved", line)
		}
		kept = kept[1:]
	}
}

func TestTheGatewaySaysTLS13AndItsRates(t *testing.T) {
	t.Parallel()
	text, err := Render(valid())
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"ssl_protocols TLSv1.3;", "server_tokens off;", "set_real_ip_from 130.211.0.0/22;", "set_real_ip_from 35.191.0.0/16;", "real_ip_header proxy_protocol;",
		"limit_req_zone $binary_remote_addr zone=client:32m rate=1000r/m;", "limit_req_zone $tenant_6000 zone=tenant_6000:1m rate=6000r/m;", "limit_req_zone $tenant_600 zone=tenant_600:1m rate=600r/m;",
		"10% clinic_preview;", "server clinic.test.svc:8080 backup;", "location ~ ^/clinica(/|$) {",
	} {
		if !strings.Contains(text, line) {
			t.Errorf("the text has no %q", line)
		}
	}
	if strings.Contains(text, "admin_preview") {
		t.Error("a service without a preview has one")
	}
}
