package image_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/avila-devops/saas/sandbox/home"
	"github.com/avila-devops/saas/sandbox/image"
)

// asBuilder makes the test binary build the images of a repository instead of
// running tests, so that a test can kill a build.
const asBuilder = "IMAGE_TEST_BUILDS"

func TestMain(m *testing.M) {
	if root := os.Getenv(asBuilder); root != "" {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		_, err := image.Build(ctx, image.Options{Home: home.Home(filepath.Join(root, ".sandbox")), Root: root})
		stop()
		if err != nil {
			fmt.Fprint(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// workers lists the processes of ko and the compilers that it starts: those
// whose passing files are in the sandbox.
func (b *bundle) workers(t *testing.T) (pids []int) {
	t.Helper()
	processes, err := filepath.Glob("/proc/[0-9]*/environ")
	if err != nil || len(processes) == 0 {
		t.Fatalf("found %d processes: %v", len(processes), err)
	}
	for _, process := range processes {
		env, _ := os.ReadFile(process) // gone by now, perhaps
		if bytes.Contains(env, []byte("TMPDIR="+b.Home.Registry())) {
			pid, err := strconv.Atoi(strings.Split(process, "/")[2])
			if err != nil {
				t.Fatal(err)
			}
			pids = append(pids, pid)
		}
	}
	return pids
}

// killWorkers ends the processes of a build that has lost its parent.
func (b *bundle) killWorkers(t *testing.T) {
	t.Helper()
	for _, pid := range b.workers(t) {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// await waits until something is so.
func await(t *testing.T, what string, so func() bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if so() {
			return
		}
	}
	t.Fatalf("waited too long for %s", what)
}

// slowGo is a go whose builds never end. It says so in a file.
const slowGo = `#!/bin/sh
if [ "$1" = build ]; then : > "$SLOW_GO_BEGAN"; exec sleep 600; fi
exec "$REAL_GO" "$@"
`

func TestABuildThatIsCancelledLeavesNoProcessAndNoFile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	compiler, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	slow, began := t.TempDir(), filepath.Join(t.TempDir(), "began")
	if err := os.WriteFile(filepath.Join(slow, "go"), []byte(slowGo), 0o755); err != nil {
		t.Fatal(err)
	}
	var complaint bytes.Buffer
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), asBuilder+"="+b.Root, "PATH="+slow+":"+os.Getenv("PATH"), "REAL_GO="+compiler, "SLOW_GO_BEGAN="+began)
	cmd.Stderr = &complaint
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.killWorkers(t) })
	await(t, "the compiler to start", func() bool { _, err := os.Stat(began); return err == nil })
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil || !strings.HasPrefix(complaint.String(), "image of hello: build interrupted: ") {
		t.Errorf("the build ended with %v: %s", err, &complaint)
	}
	await(t, "every process of the build to end", func() bool { return len(b.workers(t)) == 0 })
	if left := b.leftovers(t); len(left) > 0 {
		t.Errorf("the build left %v", left)
	}
	if b.build(t).Took == 0 {
		t.Error("an interrupted build counts as done")
	}
}

func TestABuildThatIsKilledLeavesTheImageBeforeItAndTheNextOneHeals(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := b.build(t)
	index, err := os.ReadFile(filepath.Join(b.Home.Registry(), "index.json"))
	if err != nil {
		t.Fatal(err)
	}
	b.write(t, "apps/hello/main.go", "package main\n\nfunc main() { println(\"changed\") }\n")
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), asBuilder+"="+b.Root)
	cmd.Stdout, cmd.Stderr = io.Discard, io.Discard
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	await(t, "the build to begin", func() bool { return len(b.workers(t)) > 0 })
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the build ended before it was killed")
	}
	b.killWorkers(t) // ko outlives its parent by what it has begun
	await(t, "every process of the build to end", func() bool { return len(b.workers(t)) == 0 })

	if left := b.leftovers(t); len(left) == 0 {
		t.Error("the build was not killed half way: it left nothing")
	}
	if now, err := os.ReadFile(filepath.Join(b.Home.Registry(), "index.json")); err != nil || !bytes.Equal(now, index) {
		t.Errorf("the killed build changed the index: %v\n%s", err, now)
	}
	second := b.build(t)
	if second.Took == 0 || second.Digest == first.Digest {
		t.Errorf("first %+v, then %+v", first, second)
	}
	if left := b.leftovers(t); len(left) > 0 {
		t.Errorf("the next build left %v", left)
	}
	if _, err := os.Stat(b.blob(first.Digest)); err != nil {
		t.Errorf("the image before is gone: %v", err)
	}
}
