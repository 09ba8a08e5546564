package gcp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

var urlMapDefaults = map[string]any{
	"defaultUrlRedirect.httpsRedirect":               false,
	"defaultRouteAction.corsPolicy.allowCredentials": false, "defaultRouteAction.corsPolicy.disabled": false, "defaultRouteAction.retryPolicy.numRetries": 1,
	"defaultRouteAction.weightedBackendServices.headerAction.requestHeadersToAdds.replace":  false,
	"defaultRouteAction.weightedBackendServices.headerAction.responseHeadersToAdds.replace": false,
	"pathMatchers.defaultUrlRedirect.httpsRedirect":                                         false,
	"pathMatchers.defaultRouteAction.corsPolicy.allowCredentials":                           false, "pathMatchers.defaultRouteAction.corsPolicy.disabled": false, "pathMatchers.defaultRouteAction.retryPolicy.numRetries": 1,
	"pathMatchers.pathRules.routeAction.corsPolicy.allowCredentials":  false,
	"pathMatchers.routeRules.routeAction.corsPolicy.allowCredentials": false, "pathMatchers.routeRules.routeAction.corsPolicy.disabled": false,
}

// urlMapServices are the places where a map names what serves: a backend
// bucket or a backend service.
func urlMapServices() []reference {
	var refs []reference
	for _, path := range []string{"defaultService", "pathMatchers.defaultService", "pathMatchers.pathRules.service", "pathMatchers.routeRules.service", "tests.service"} {
		refs = append(refs,
			reference{path: path, to: backendBucketType, holds: true, part: "/backendBuckets/"},
			reference{path: path, to: backendServiceType, holds: true, part: "/backendServices/"})
	}
	return refs
}

func checkURLMap(in resource.PropertyMap) []problem {
	var problems []problem
	defaults := 0
	for _, path := range []string{"defaultService", "defaultUrlRedirect", "defaultRouteAction"} {
		if has(in, path) {
			defaults++
		}
	}
	if defaults != 1 {
		problems = append(problems, problem{"defaultService", fmt.Sprintf("exactly one of defaultService, defaultUrlRedirect and defaultRouteAction must be set, not %d", defaults)})
	}
	used := texts(in, "hostRules.pathMatcher")
	named := texts(in, "pathMatchers.name")
	for _, name := range used {
		if !slices.Contains(named, name) {
			problems = append(problems, problem{"hostRules.pathMatcher", fmt.Sprintf("%q is none of pathMatchers", clip(name))})
		}
	}
	for _, name := range named {
		if !slices.Contains(used, name) {
			problems = append(problems, problem{"pathMatchers.name", fmt.Sprintf("%q is used by no host: remove it, or name it in hostRules", clip(name))})
		}
	}
	hosts := map[string]bool{}
	for _, host := range texts(in, "hostRules.hosts") {
		if hosts[host] {
			problems = append(problems, problem{"hostRules.hosts", fmt.Sprintf("%q is in two rules", clip(host))})
		}
		hosts[host] = true
	}
	for _, path := range texts(in, "pathMatchers.pathRules.paths") {
		if star := strings.Index(path, "*"); !strings.HasPrefix(path, "/") || star >= 0 && (star != len(path)-1 || !strings.HasSuffix(path, "/*")) {
			problems = append(problems, problem{"pathMatchers.pathRules.paths", fmt.Sprintf("%q is not a path: start it with / and put * only after the last /", clip(path))})
		}
	}
	return problems
}

// runURLMapTests refuses a map that does not do what its own tests say, as
// Google does.
// https://cloud.google.com/load-balancing/docs/url-map-concepts#tests
func runURLMapTests(o *op) error {
	for i, test := range each(resource.NewProperty(o.in), "tests") {
		t := test.ObjectValue()
		want, got := trimHost(text(t, "service")), trimHost(o.serves(text(t, "host"), text(t, "path")))
		if want != got {
			return invalid("correct the map, or the test", "Test failure: tests[%d] expects %s for %s%s, and the map has %s", i, want, text(t, "host"), text(t, "path"), got)
		}
	}
	return nil
}

// serves is what answers for a host and a path: of the paths the longest that
// matches.
func (o *op) serves(host, path string) string {
	for _, rule := range each(resource.NewProperty(o.in), "hostRules") {
		if !slices.ContainsFunc(texts(rule.ObjectValue(), "hosts"), func(pattern string) bool {
			rest, wild := strings.CutPrefix(pattern, "*")
			return pattern == host || wild && strings.HasSuffix(host, rest)
		}) {
			continue
		}
		for _, matcher := range each(resource.NewProperty(o.in), "pathMatchers") {
			m := matcher.ObjectValue()
			if text(m, "name") != text(rule.ObjectValue(), "pathMatcher") {
				continue
			}
			service, longest := text(m, "defaultService"), 0
			for _, paths := range each(matcher, "pathRules") {
				for _, pattern := range texts(paths.ObjectValue(), "paths") {
					prefix, wild := strings.CutSuffix(pattern, "*")
					if (path == pattern || wild && strings.HasPrefix(path, prefix)) && len(pattern) > longest {
						service, longest = text(paths.ObjectValue(), "service"), len(pattern)
					}
				}
			}
			return service
		}
	}
	return o.text("defaultService")
}
