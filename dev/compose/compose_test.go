package compose

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"

	"github.com/avila-devops/saas/dev/app"
	"github.com/avila-devops/saas/dev/server"
)

const root = "../.."

func services(t *testing.T) []string {
	t.Helper()
	names, err := (&app.Source{Dir: filepath.Join(root, "apps")}).Services()
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// load reads compose.yaml as Docker Compose does, with what make compose-files
// writes beside it.
func load(t *testing.T, env ...string) (*types.Project, error) {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{filepath.Join(root, "compose.yaml")}, cli.WithEnv(env))
	if err != nil {
		t.Fatal(err)
	}
	return options.LoadProject(context.Background())
}

func TestTheFileIsWhatIsWritten(t *testing.T) {
	t.Parallel()
	want, err := Render(services(t))
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(root, "compose.yaml"))
	if err != nil || string(got) != want {
		t.Errorf("compose.yaml is not what dev/compose writes: run make compose-files (%v)", err)
	}
}

func TestComposeRunsWhatMakeDevRuns(t *testing.T) {
	t.Parallel()
	project, err := load(t, "AVILA_UID=1000", "AVILA_GID=1000")
	if err != nil {
		t.Fatal(err)
	}
	names := services(t)
	want := append([]string{"postgres", "pgbouncer", "redis", "nginx", "prometheus", "tenants", "rows"}, names...)
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(project.Services)); !slices.Equal(got, want) {
		t.Errorf("the services are %v, want %v", got, want)
	}
	ports := server.DefaultPorts
	published := map[string][]string{}
	for name, s := range project.Services {
		for _, port := range s.Ports {
			if port.HostIP != "127.0.0.1" {
				t.Errorf("%s listens on %q, which others reach", name, port.HostIP)
			}
			published[name] = append(published[name], port.Published+":"+fmt.Sprint(port.Target))
		}
	}
	want = nil
	for _, port := range []int{ports.HTTPS, ports.HTTP, ports.Postgres, ports.PgBouncer, ports.Redis, ports.Prometheus} {
		want = append(want, fmt.Sprintf("%[1]d:%[1]d", port))
	}
	if len(published) != 1 || !slices.Equal(published["nginx"], want) {
		t.Errorf("published are %v, want %v, of nginx alone", published, want)
	}
	for name, s := range project.Services {
		if name != "nginx" && s.NetworkMode != "service:nginx" {
			t.Errorf("%s is on a network of its own: %q", name, s.NetworkMode)
		}
	}
}

func TestEveryContainerHasAPinnedImageAndFewRights(t *testing.T) {
	t.Parallel()
	project, err := load(t, "AVILA_UID=1234", "AVILA_GID=1234")
	if err != nil {
		t.Fatal(err)
	}
	images := slices.Collect(maps.Values(Images))
	for name, s := range project.Services {
		_, tag, tagged := strings.Cut(s.Image, ":")
		if !slices.Contains(images, s.Image) || !tagged || tag == "latest" {
			t.Errorf("%s runs %s, which is not in the table with a version", name, s.Image)
		}
		if s.User != "1234:1234" || !slices.Equal(s.CapDrop, []string{"ALL"}) || !slices.Contains(s.SecurityOpt, "no-new-privileges:true") || s.Privileged {
			t.Errorf("%s runs as %q with %v and %v", name, s.User, s.CapDrop, s.SecurityOpt)
		}
		for variable, value := range s.Environment {
			if strings.Contains(variable, "PASSWORD") && !strings.HasSuffix(variable, "_FILE") && value != nil {
				t.Errorf("%s has a password in %s", name, variable)
			}
		}
	}
	if _, err := load(t); err == nil || !strings.Contains(err.Error(), "run make compose-files first") {
		t.Errorf("without the files, Compose says %v", err)
	}
}

func TestWhatIsMountedIsWritten(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "compose-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })  // a temporary directory that stays harms no test
	if err := os.Chmod(dir, 0o755); err != nil { // started by root, containers run as another user
		t.Fatal(err)
	}
	names := services(t)
	if err := Write(dir, names); err != nil {
		t.Fatal(err)
	}
	if err := Write(dir, names); err != nil {
		t.Errorf("a second time: %v", err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "compose.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	all := string(text)
	for _, name := range []string{"nginx.conf", "pgbouncer.ini", "redis.conf", "prometheus.yml"} {
		content, err := os.ReadFile(filepath.Join(dir, Dir, "conf", name))
		if err != nil {
			t.Fatal(err)
		}
		all += string(content)
	}
	var judged int
	for _, word := range strings.FieldsFunc(all, func(r rune) bool { return strings.ContainsRune(" \n\t\"';=:,", r) }) {
		path, inside := strings.CutPrefix(word, mount+"/")
		if !inside {
			continue
		}
		judged++
		at := filepath.Join(dir, Dir, path)
		if strings.HasPrefix(path, "go/") || strings.HasPrefix(path, "log/") || strings.HasPrefix(path, "data/nginx/") {
			at = filepath.Dir(at) // made by whoever writes there
		}
		if _, err := os.Stat(at); err != nil {
			t.Errorf("a container looks for %s: %v", word, err)
		}
	}
	if judged < 30 {
		t.Errorf("%d paths were found, so little was judged", judged)
	}
}
