package image_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
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
		_, err := image.Build(context.Background(), image.Options{Home: home.Home(filepath.Join(root, ".sandbox")), Root: root, Log: os.Stdout})
		if err != nil {
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

// await waits until a build has processes of its own, or has none.
func (b *bundle) await(t *testing.T, some bool) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if (len(b.workers(t)) > 0) == some {
			return
		}
	}
	t.Fatalf("a build's processes are %v; want some: %t", b.workers(t), some)
}

func TestABuildThatIsCancelledLeavesNoProcessAndNoFile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := image.Build(ctx, b.Options)
		ended <- err
	}()
	b.await(t, true)
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "image of hello: build interrupted") {
		t.Fatalf("the build ended with %v", err)
	}
	b.await(t, false)
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
	b.await(t, true)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the build ended before it was killed")
	}
	for _, pid := range b.workers(t) { // ko outlives its parent by what it has begun
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	b.await(t, false)

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
