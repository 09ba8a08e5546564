package cluster_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/avila-devops/saas/sandbox/cluster"
	"github.com/avila-devops/saas/sandbox/cluster/clustertest"
	"github.com/avila-devops/saas/sandbox/home"
)

// sandbox makes a sandbox whose clusters end with the test, and checks that
// nothing of them remains.
func sandbox(t *testing.T) home.Home {
	t.Helper()
	h, err := clustertest.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		all, err := cluster.List(h)
		if err != nil {
			t.Error(err)
		}
		for _, c := range all {
			if err := c.Remove(context.Background()); err != nil {
				t.Error(err)
			}
		}
		if left := processes(t, string(h)); len(left) > 0 {
			t.Errorf("processes %v of the sandbox still run", left)
		}
	})
	return h
}

func create(t *testing.T, h home.Home, project, name string) cluster.Cluster {
	t.Helper()
	c, err := cluster.Create(t.Context(), h, project, name)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// processes returns the numbers of the processes that name the directory.
func processes(t *testing.T, dir string) []int {
	t.Helper()
	out, err := exec.Command("ps", "-eww", "-o", "pid=,command=").Output()
	if err != nil {
		t.Fatal(err)
	}
	var found []int
	for line := range strings.Lines(string(out)) {
		number, command, _ := strings.Cut(strings.TrimSpace(line), " ")
		if strings.Contains(command, dir) {
			pid, err := strconv.Atoi(number)
			if err != nil {
				t.Fatal(err)
			}
			found = append(found, pid)
		}
	}
	return found
}

// call sends a request to the cluster's API and returns status and body.
func call(t *testing.T, c cluster.Cluster, method, path, body, token string) (int, string) {
	t.Helper()
	endpoint, err := c.Endpoint()
	if err != nil {
		t.Fatal(err)
	}
	authority, err := os.ReadFile(endpoint.CAFile)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}}
	req, err := http.NewRequestWithContext(t.Context(), method, endpoint.Server+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func token(t *testing.T, h home.Home) string {
	t.Helper()
	text, err := cluster.Token(h)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

const note = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"note"},"data":{"text":"kept"}}`

const (
	notesPath = "/api/v1/namespaces/default/configmaps"
	notePath  = notesPath + "/note"
)

func writeNote(t *testing.T, h home.Home, c cluster.Cluster) {
	t.Helper()
	if status, text := call(t, c, http.MethodPost, notesPath, note, token(t, h)); status != http.StatusCreated {
		t.Fatalf("creating a ConfigMap gives %d: %s", status, text)
	}
}

func wantNote(t *testing.T, h home.Home, c cluster.Cluster) {
	t.Helper()
	if status, text := call(t, c, http.MethodGet, notePath, "", token(t, h)); status != http.StatusOK || !strings.Contains(text, `"kept"`) {
		t.Errorf("the ConfigMap reads as %d: %s", status, text)
	}
}

func TestTheAPIAnswersTheTokenAndNobodyElse(t *testing.T) {
	t.Parallel()
	h := sandbox(t)
	c := create(t, h, "p", "one")
	if !c.Running() {
		t.Error("a created cluster does not say that it runs")
	}
	for _, namespace := range []string{"default", "kube-system"} {
		if status, text := call(t, c, http.MethodGet, "/api/v1/namespaces/"+namespace, "", token(t, h)); status != http.StatusOK {
			t.Errorf("namespace %s gives %d: %s", namespace, status, text)
		}
	}
	for name, wrong := range map[string]string{"no token": "", "a wrong token": strings.Repeat("0", 64)} {
		if status, _ := call(t, c, http.MethodGet, "/api/v1/namespaces", "", wrong); status != http.StatusUnauthorized {
			t.Errorf("%s gives %d, want 401", name, status)
		}
	}
	_, who := call(t, c, http.MethodPost, "/apis/authentication.k8s.io/v1/selfsubjectreviews",
		`{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}`, token(t, h))
	if !strings.Contains(who, cluster.User) || !strings.Contains(who, "system:masters") {
		t.Errorf("the token speaks for %s", who)
	}
}

func TestFilesWithSecretsAreTheOwnersAlone(t *testing.T) {
	t.Parallel()
	h := sandbox(t)
	create(t, h, "p", "one")
	for _, path := range []string{h.Token(), filepath.Join(h.Clusters(), "p-one", "tokens.csv"),
		filepath.Join(h.Clusters(), "p-one", "serving.key"), filepath.Join(h.Clusters(), "p-one", "service-account.key")} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode != 0o600 {
			t.Errorf("%s has mode %o", path, mode)
		}
	}
}

func TestEtcdRefusesWhoeverHasNoCertificate(t *testing.T) {
	t.Parallel()
	h := sandbox(t)
	create(t, h, "p", "one")
	text, err := os.ReadFile(filepath.Join(h.Clusters(), "p-one", "ports.json"))
	if err != nil {
		t.Fatal(err)
	}
	port := strings.TrimPrefix(strings.Split(string(text), ",")[0], `{"etcd":`)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	resp, err := client.Get("https://127.0.0.1:" + port + "/version")
	if err == nil {
		resp.Body.Close()
		t.Fatalf("etcd answers %s", resp.Status)
	}
	if !strings.Contains(err.Error(), "certificate required") {
		t.Errorf("etcd fails with %v", err)
	}
}

func TestCreatingTwiceAndAtOnceIsOneCluster(t *testing.T) {
	t.Parallel()
	h := sandbox(t)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if _, err := cluster.Create(t.Context(), h, "p", "one"); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	first := processes(t, h.Clusters())
	if len(first) != 2 {
		t.Fatalf("%d processes run, want etcd and kube-apiserver", len(first))
	}
	create(t, h, "p", "one")
	if again := processes(t, h.Clusters()); len(again) != 2 || again[0] != first[0] || again[1] != first[1] {
		t.Errorf("processes were %v and are %v", first, again)
	}
	all, err := cluster.List(h)
	if err != nil || len(all) != 1 || all[0].Project != "p" || all[0].Name != "one" {
		t.Errorf("List gives %v, %v", all, err)
	}
}

func TestAKilledClusterStartsAgainWithItsData(t *testing.T) {
	t.Parallel()
	h := sandbox(t)
	c := create(t, h, "p", "one")
	writeNote(t, h, c)
	for _, pid := range processes(t, h.Clusters()) {
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantNote(t, h, c)
}

func TestAHalfKilledClusterStartsAgain(t *testing.T) {
	t.Parallel()
	h := sandbox(t)
	c := create(t, h, "p", "one")
	writeNote(t, h, c)
	if err := syscall.Kill(processes(t, filepath.Join(h.Clusters(), "p-one", "etcd"))[0], syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantNote(t, h, c)
}

func TestATakenPortIsReplaced(t *testing.T) {
	t.Parallel()
	h := sandbox(t)
	c := create(t, h, "p", "one")
	writeNote(t, h, c)
	before, err := c.Endpoint()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(before.Server)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", address.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, err := c.Endpoint()
	if err != nil {
		t.Fatal(err)
	}
	if after.Server == before.Server {
		t.Errorf("the API server is still said to be at %s, where another program listens", after.Server)
	}
	wantNote(t, h, c)
}

func TestARestartKeepsItsPorts(t *testing.T) {
	t.Parallel()
	h := sandbox(t)
	c := create(t, h, "p", "one")
	before, _ := c.Endpoint()
	if err := c.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if c.Running() || len(processes(t, h.Clusters())) > 0 {
		t.Error("a stopped cluster still runs")
	}
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after, _ := c.Endpoint(); after != before || after.Server == "" {
		t.Errorf("the endpoint was %v and is %v", before, after)
	}
}

func TestRemoveLeavesNeitherProcessNorFile(t *testing.T) {
	t.Parallel()
	h := sandbox(t)
	c := create(t, h, "p", "one")
	if err := c.Remove(t.Context()); err != nil {
		t.Fatal(err)
	}
	if left := processes(t, h.Clusters()); len(left) > 0 {
		t.Errorf("processes %v still run", left)
	}
	entries, err := os.ReadDir(h.Clusters())
	if err != nil || len(entries) > 0 {
		t.Errorf("the directory of clusters holds %v, %v", entries, err)
	}
	if err := c.Remove(t.Context()); err != nil {
		t.Errorf("removing it again gives %v", err)
	}
	if _, err := cluster.Open(h, "p", "one"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opening it gives %v", err)
	}
}

func TestTwoClustersLiveSideBySide(t *testing.T) {
	t.Parallel()
	h := sandbox(t)
	one, two := create(t, h, "p", "one"), create(t, h, "p", "two")
	writeNote(t, h, one)
	if status, text := call(t, two, http.MethodGet, notePath, "", token(t, h)); status != http.StatusNotFound {
		t.Errorf("the other cluster's ConfigMap reads as %d: %s", status, text)
	}
	if err := one.Remove(t.Context()); err != nil {
		t.Fatal(err)
	}
	if status, text := call(t, two, http.MethodGet, "/readyz", "", token(t, h)); status != http.StatusOK {
		t.Errorf("without the other, it answers %d: %s", status, text)
	}
}
