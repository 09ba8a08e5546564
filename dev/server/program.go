package server

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// packages names Debian's package of each program.
var packages = map[string]string{
	"postgres": "postgresql", "initdb": "postgresql", "psql": "postgresql",
	"pgbouncer": "pgbouncer", "redis-server": "redis-server", "nginx": "nginx-light", "prometheus": "prometheus",
}

// Programs are the paths of the programs, by name.
type Programs map[string]string

// Find looks for every program where Debian keeps it, or on the PATH, and
// names the packages of all that are absent.
func Find() (Programs, error) {
	found, missing := Programs{}, []string{}
	for name, from := range packages {
		if path := find(name); path != "" {
			found[name] = path
		} else {
			missing = append(missing, from)
		}
	}
	if len(missing) > 0 {
		slices.Sort(missing)
		return nil, fmt.Errorf("these servers are not on this machine: %[1]s; make test-deps installs them, or: sudo apt-get install %[1]s", strings.Join(slices.Compact(missing), " "))
	}
	return found, nil
}

func find(name string) string {
	at, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name) // the pattern is good
	slices.SortFunc(at, func(a, b string) int { return release(b) - release(a) })
	for _, path := range append(at, "/usr/sbin/"+name) {
		if info, err := os.Stat(path); err == nil && info.Mode()&0o111 != 0 {
			return path
		}
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return ""
	}
	return path
}

// release is the version in a path like /usr/lib/postgresql/17/bin/initdb.
func release(path string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(path))))
	return n
}

var number = regexp.MustCompile(`(\d+)\.(\d+)\.(\d+)`)

// version asks a program which it is.
func (p Programs) version(name, flag string) (v [3]int, err error) {
	said, err := exec.Command(p[name], flag).CombinedOutput()
	part := number.FindSubmatch(said)
	if err == nil && part == nil {
		err = errors.New("it names none")
	}
	if err != nil {
		return v, fmt.Errorf("ask %s for its version: %w: %.200s", p[name], err, said)
	}
	for i := range v {
		v[i], _ = strconv.Atoi(string(part[i+1])) // the pattern lets digits alone through
	}
	return v, nil
}
