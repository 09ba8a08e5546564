package image

import (
	"path/filepath"
	"slices"
	"strings"
)

// decisive are the variables of the caller that would change what is built, or
// where it goes.
var decisive = []string{
	"CGO_ENABLED", "DOCKER_CONFIG", "GO111MODULE", "GOAMD64", "GOARCH", "GOARM", "GOFLAGS", "GOOS", "GOWORK",
	"HTTP_PROXY", "http_proxy", "NO_PROXY", "no_proxy", "SOURCE_DATE_EPOCH", "TMPDIR", "TZ",
}

// environment is ko's: the caller's, for caches and module proxies, but for
// what is decisive.
func environment(caller []string, registry, work string) []string {
	env := []string{
		"DOCKER_CONFIG=" + filepath.Join(work, "docker"), // no credential helper is asked
		"GOFLAGS=-buildvcs=false",                        // not empty: that would give way to `go env -w`
		"GOWORK=off",
		"HTTP_PROXY=http://" + registry,
		"KO_DEFAULTBASEIMAGE=" + base(),
		"KO_DOCKER_REPO=" + registryHost,
		"TMPDIR=" + work,
		"TZ=UTC",
	}
	for _, pair := range caller {
		name, value, _ := strings.Cut(pair, "=")
		switch {
		case strings.EqualFold(name, "NO_PROXY"):
			env = append(env, name+"="+withoutRegistry(value))
		case !slices.Contains(decisive, name) && !strings.HasPrefix(name, "KO"):
			env = append(env, pair)
		}
	}
	return env
}

// withoutRegistry takes from a list of hosts that need no proxy those that
// would hide the registry behind one.
func withoutRegistry(hosts string) string {
	kept := slices.DeleteFunc(strings.Split(hosts, ","), func(host string) bool {
		host = strings.TrimLeft(strings.TrimSpace(host), "*.")
		return host == "" || host == "localhost" || host == registryHost
	})
	return strings.Join(kept, ",")
}
