package language_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"

	"github.com/avila-devops/saas/sandbox/home"
	"github.com/avila-devops/saas/sandbox/language"
)

// program writes a main package and returns its directory.
func program(t *testing.T, body string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":  "module program\n\ngo 1.26\n",
		"main.go": "package main\n\nimport \"os\"\n\nfunc main() {\n" + body + "\n}\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func newHost(t *testing.T) *language.Host {
	t.Helper()
	return language.New(home.Home(t.TempDir()), "127.0.0.1:1")
}

func request(dir string) *pulumirpc.RunRequest {
	return &pulumirpc.RunRequest{
		Project: "saas", Stack: "staging", Organization: "organization", Pwd: dir, DryRun: true, Parallel: 4,
		MonitorAddress: "127.0.0.1:2", Config: map[string]string{"saas:domain": "example.com"}, ConfigSecretKeys: []string{"saas:secret"},
		Info: &pulumirpc.ProgramInfo{RootDirectory: dir, ProgramDirectory: dir, EntryPoint: "."},
	}
}

func TestAProgramLearnsOfItsStackAndEngine(t *testing.T) {
	t.Parallel()
	dir := program(t, `var all string
	for _, name := range []string{"PULUMI_ORGANIZATION", "PULUMI_PROJECT", "PULUMI_STACK", "PULUMI_CONFIG", "PULUMI_CONFIG_SECRET_KEYS", "PULUMI_DRY_RUN", "PULUMI_PARALLEL", "PULUMI_MONITOR", "PULUMI_ENGINE"} {
		all += os.Getenv(name) + "\n"
	}
	os.WriteFile("seen", []byte(all), 0o600)`)
	answer, err := newHost(t).Run(t.Context(), request(dir))
	if err != nil || answer.GetError() != "" {
		t.Fatalf("Run gives %v, %v", answer, err)
	}
	seen, err := os.ReadFile(filepath.Join(dir, "seen"))
	if err != nil {
		t.Fatal(err)
	}
	const want = "organization\nsaas\nstaging\n{\"saas:domain\":\"example.com\"}\n[\"saas:secret\"]\ntrue\n4\n127.0.0.1:2\n127.0.0.1:1\n"
	if string(seen) != want {
		t.Errorf("the program saw\n%s\nwant\n%s", seen, want)
	}
}

func TestHowAProgramEndsReachesTheEngine(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		body string
		want string
		bail bool // the program told the engine itself
	}{
		"an error that the program has logged": {"os.Exit(32)", "exit status 32", true},
		"another exit code":                    {"os.Exit(3)", "the program exited with code 3", false},
		"a program that does not compile":      {"os.Exit(undefinedThing)", "undefined: undefinedThing", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer, err := newHost(t).Run(t.Context(), request(program(t, row.body)))
			if err != nil || !strings.Contains(answer.GetError(), row.want) || answer.GetBail() != row.bail {
				t.Errorf("Run gives %v, %v; want %q and bail %v", answer, err, row.want, row.bail)
			}
		})
	}
}

// heard collects what a plugin says.
type heard struct {
	grpc.ServerStream
	ctx              context.Context
	stdout, stderr   string
	code             int32
	afterTheExitCode bool
	ended            bool
}

func (h *heard) Context() context.Context { return h.ctx }

func (h *heard) Send(message *pulumirpc.RunPluginResponse) error {
	h.afterTheExitCode = h.afterTheExitCode || h.ended
	switch output := message.GetOutput().(type) {
	case *pulumirpc.RunPluginResponse_Stdout:
		h.stdout += string(output.Stdout)
	case *pulumirpc.RunPluginResponse_Stderr:
		h.stderr += string(output.Stderr)
	case *pulumirpc.RunPluginResponse_Exitcode:
		h.code, h.ended = output.Exitcode, true
	}
	return nil
}

func TestAPluginIsHeardAndItsExitCodeComesLast(t *testing.T) {
	t.Parallel()
	dir := program(t, `os.Stdout.WriteString(os.Args[1] + " " + os.Getenv("GREETING"))
	os.Stderr.WriteString("a warning")
	os.Exit(7)`)
	h := &heard{ctx: t.Context()}
	err := newHost(t).RunPlugin(&pulumirpc.RunPluginRequest{
		Pwd: dir, Args: []string{"hello"}, Env: []string{"GREETING=world"}, Info: &pulumirpc.ProgramInfo{ProgramDirectory: dir},
	}, h)
	if err != nil {
		t.Fatal(err)
	}
	if h.stdout != "hello world" || h.stderr != "a warning" || h.code != 7 || !h.ended || h.afterTheExitCode {
		t.Errorf("heard %+v", h)
	}
}
