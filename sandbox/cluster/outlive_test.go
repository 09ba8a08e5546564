package cluster_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/avila-devops/saas/sandbox/cluster"
	"github.com/avila-devops/saas/sandbox/home"
)

// starterEnv makes the test binary a program that creates a cluster and waits
// to be killed, as the engine kills its plugins.
const starterEnv = "CLUSTER_TEST_STARTS_IN"

func TestMain(m *testing.M) {
	dir := os.Getenv(starterEnv)
	if dir == "" {
		os.Exit(m.Run())
	}
	if _, err := cluster.Create(context.Background(), home.Home(dir), "p", "one"); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("created")
	select {}
}

func TestAClusterOutlivesWhoStartedIt(t *testing.T) {
	t.Parallel()
	h := sandbox(t)
	starter := exec.Command(os.Args[0])
	starter.Env = append(os.Environ(), starterEnv+"="+string(h))
	starter.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := starter.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := starter.Start(); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 4096)
	n, err := out.Read(said)
	if err != nil || strings.TrimSpace(string(said[:n])) != "created" {
		t.Errorf("the starter says %q, %v", said[:n], err)
	}
	for _, pid := range processes(t, h.Clusters()) {
		parent, err := exec.Command("ps", "-o", "ppid=,pgid=", "-p", strconv.Itoa(pid)).Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, number := range strings.Fields(string(parent)) {
			if number == strconv.Itoa(starter.Process.Pid) {
				t.Errorf("process %d is of the starter's family", pid)
			}
		}
	}
	if err := syscall.Kill(-starter.Process.Pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	_ = starter.Wait() // it was killed
	c, err := cluster.Open(h, "p", "one")
	if err != nil {
		t.Fatal(err)
	}
	if !c.Running() {
		t.Fatal("the cluster went with whoever started it")
	}
	if err := c.Start(t.Context()); err != nil {
		t.Error(err)
	}
}
