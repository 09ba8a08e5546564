package cluster_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/avila-devops/saas/sandbox/cluster"
	"github.com/avila-devops/saas/sandbox/home"
)

func TestADamagedDirectoryHeals(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]func(dir string) error{
		"no record":           func(dir string) error { return os.Remove(filepath.Join(dir, "cluster.json")) },
		"an empty record":     func(dir string) error { return os.Truncate(filepath.Join(dir, "cluster.json"), 0) },
		"no authority":        func(dir string) error { return os.Remove(filepath.Join(dir, "ca.crt")) },
		"half a certificate":  func(dir string) error { return os.Truncate(filepath.Join(dir, "serving.crt"), 100) },
		"no account key":      func(dir string) error { return os.Remove(filepath.Join(dir, "service-account.key")) },
		"half a token file":   func(dir string) error { return os.Truncate(filepath.Join(dir, "tokens.csv"), 10) },
		"half a port record":  func(dir string) error { return os.Truncate(filepath.Join(dir, "ports.json"), 5) },
		"another's number":    func(dir string) error { return os.WriteFile(filepath.Join(dir, "etcd.pid"), ourNumber(), 0o600) },
		"no number":           func(dir string) error { return os.WriteFile(filepath.Join(dir, "etcd.pid"), nil, 0o600) },
		"an unfinished write": func(dir string) error { return os.WriteFile(filepath.Join(dir, ".writing-1"), nil, 0o600) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := sandbox(t)
			c := create(t, h, "p", "one")
			writeNote(t, h, c)
			if err := c.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := damage(filepath.Join(h.Clusters(), "p-one")); err != nil {
				t.Fatal(err)
			}
			wantNote(t, h, create(t, h, "p", "one"))
		})
	}
}

// ourNumber is the number of a process that lives and is not etcd.
func ourNumber() []byte { return []byte(strconv.Itoa(os.Getpid())) }

func TestANewTokenReachesARunningCluster(t *testing.T) {
	t.Parallel()
	h := sandbox(t)
	c := create(t, h, "p", "one")
	writeNote(t, h, c)
	if err := os.Remove(h.Token()); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantNote(t, h, c)
}

func TestAnInterruptedStartLeavesNoProcessAndHeals(t *testing.T) {
	t.Parallel()
	h := sandbox(t)
	ctx, cancel := context.WithCancelCause(t.Context())
	interrupted := errors.New("interrupted")
	go func() {
		for len(processes(t, h.Clusters())) == 0 && ctx.Err() == nil {
		}
		cancel(interrupted)
	}()
	if _, err := cluster.Create(ctx, h, "p", "one"); !errors.Is(err, interrupted) {
		t.Fatalf("an interrupted creation gives %v", err)
	}
	if left := processes(t, h.Clusters()); len(left) > 0 {
		t.Errorf("processes %v still run", left)
	}
	create(t, h, "p", "one")
}

func TestAMissingServerIsNamedWithTheRemedy(t *testing.T) {
	t.Parallel()
	h := home.Home(t.TempDir())
	_, err := cluster.Create(t.Context(), h, "p", "one")
	if err == nil || !strings.Contains(err.Error(), filepath.Join(h.Bin(), "etcd")+" is missing: run make tools") {
		t.Errorf("without etcd, Create gives %v", err)
	}
}

func TestAServerThatEndsShowsItsLog(t *testing.T) {
	t.Parallel()
	h := sandbox(t)
	server := filepath.Join(h.Bin(), "kube-apiserver")
	if err := os.Remove(server); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(server, []byte("#!/bin/sh\necho the disk is full >&2\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	_, err := cluster.Create(t.Context(), h, "p", "one")
	log := filepath.Join(h.Clusters(), "p-one", "kube-apiserver.log")
	if err == nil || !strings.Contains(err.Error(), "kube-apiserver ended; the end of "+log+":\nthe disk is full") {
		t.Errorf("Create gives %v", err)
	}
	if left := processes(t, h.Clusters()); len(left) > 0 {
		t.Errorf("processes %v still run", left)
	}
}
