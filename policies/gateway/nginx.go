package gateway

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/control"
)

// clientRate is how many requests a minute one address may make.
const clientRate = 1000

// configured judges every text of a ConfigMap that is a configuration of
// nginx.
func configured(m property.Map) []control.Finding {
	data := control.At(m, "data")
	if !data.IsMap() {
		return nil
	}
	var findings []control.Finding
	for name, value := range data.AsMap().AllStable {
		if value.IsString() && isNginx(name, value.AsString()) {
			for _, fault := range faults(value.AsString()) {
				findings = append(findings, control.Finding{Property: "data." + name, Fault: fault})
			}
		}
	}
	return findings
}

func isNginx(name, text string) bool {
	return name == "nginx.conf" || strings.HasSuffix(name, ".conf") && block.MatchString(text)
}

var (
	block   = regexp.MustCompile(`(?m)^\s*(http|server)\s*\{`)
	comment = regexp.MustCompile(`(?m)^\s*#.*$`)
	rate    = regexp.MustCompile(`^\$binary_remote_addr\s+zone=([a-z_0-9]+):\S+\s+rate=(\d+)r/(m|s)$`)
	zone    = regexp.MustCompile(`^zone=([a-z_0-9]+)(\s|$)`)
	tls     = regexp.MustCompile(`\sssl(\s|$)`)
)

// foreign are the directives by which text that nobody rendered gets in.
var foreign = []string{"include", "load_module", "lua_package_path", "content_by_lua_block", "js_import", "perl", "perl_modules"}

// faults tells what is wrong with a configuration.
func faults(text string) []string {
	text = comment.ReplaceAllString(text, "")
	var out []string
	secure := false
	for _, listen := range values(text, "listen") {
		secure = secure || tls.MatchString(" "+listen)
	}
	protocols := values(text, "ssl_protocols")
	if secure && len(protocols) == 0 {
		out = append(out, "sets no ssl_protocols, so that older ones are spoken")
	}
	for _, spoken := range append(protocols, values(text, "proxy_ssl_protocols")...) {
		if spoken != "TLSv1.3" {
			out = append(out, fmt.Sprintf("speaks %s", spoken))
		}
	}
	limits := map[string]bool{}
	for _, declared := range values(text, "limit_req_zone") {
		part := rate.FindStringSubmatch(declared)
		if part == nil {
			continue
		}
		perMinute, err := strconv.Atoi(part[2])
		if part[3] == "s" {
			perMinute *= 60
		}
		if err == nil && perMinute <= clientRate {
			limits[part[1]] = true
		} else {
			out = append(out, fmt.Sprintf("lets one address make %s", part[2]+" requests per "+part[3]))
		}
	}
	used := false
	for _, applied := range values(text, "limit_req") {
		part := zone.FindStringSubmatch(applied)
		used = used || part != nil && limits[part[1]]
	}
	if len(values(text, "proxy_pass")) > 0 && !used {
		out = append(out, fmt.Sprintf("holds no client to %d requests a minute", clientRate))
	}
	for _, name := range foreign {
		if len(values(text, name)) > 0 {
			out = append(out, "takes in text by "+name)
		}
	}
	slices.Sort(out)
	return out
}

// values lists what a directive is set to, wherever it stands.
func values(text, directive string) []string {
	var all []string
	for _, found := range regexp.MustCompile(`(?m)(?:^|[;{}])\s*`+directive+`\s+([^;{]*)[;{]`).FindAllStringSubmatch(text, -1) {
		all = append(all, strings.Join(strings.Fields(found[1]), " "))
	}
	return all
}
