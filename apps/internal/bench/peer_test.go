package bench_test

import (
	"embed"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"testing"
)

// peer is the same read in Node: Fastify and pg, a transaction whose local
// settings are the tenant's, a pool of the same size.
//
//go:embed node/package.json node/package-lock.json node/peer.js
var peer embed.FS

// BenchmarkPeer compares what a second of computing answers: ours on one core,
// Node's one process that does for a request what our mux does, and a bare one
// that does nothing but read. Only the servers' own time counts, not that of
// the database, the pooler or the clients.
func BenchmarkPeer(b *testing.B) {
	w := newWorld(b)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	ours := w.start(b, cmd, nil)
	dir := install(b)
	node := w.start(b, peerIn(dir), headersOf(b, ours.Bare))
	plain := w.start(b, peerIn(dir), nil)
	for b.Loop() {
		r := turns(b, seldom, form{w.load(b, node.Tenancy), node.cpu}, form{w.load(b, ours.Tenancy), ours.cpu}, form{w.load(b, plain.Tenancy), plain.cpu})
		b.ReportMetric(r.rate(0), "node_read_per_core")
		b.ReportMetric(r.rate(2), "bare_node_read_per_core")
		b.ReportMetric(r.rate(1), "read_per_core")
		b.ReportMetric(r.ratio(1, 0), "read_per_core_of_node_x")
		b.ReportMetric(r.ratio(1, 2), "read_per_core_of_bare_node_x")
	}
}

// headersOf returns the headers that our mux puts on every answer.
func headersOf(b *testing.B, address string) map[string]string {
	b.Helper()
	answer, err := http.Get("http://" + address + "/")
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	same := map[string]string{}
	for name := range answer.Header {
		if name != "Date" && name != "Content-Length" && name != "Content-Type" && name != "X-Request-Id" {
			same[name] = answer.Header.Get(name)
		}
	}
	if len(same) < 5 {
		b.Fatalf("our own answer has but the headers %v", same)
	}
	return same
}

// install installs the peer as its lockfile says, and returns where.
func install(b *testing.B) string {
	b.Helper()
	files, err := fs.Sub(peer, "node")
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	if err := os.CopyFS(dir, files); err != nil {
		b.Fatal(err)
	}
	npm := exec.CommandContext(b.Context(), "npm", "ci", "--prefer-offline", "--ignore-scripts", "--no-audit", "--no-fund")
	npm.Dir = dir
	if out, err := npm.CombinedOutput(); err != nil {
		b.Fatalf("npm ci of the peer; it needs Node 20 or later, npm, and its registry: %v\n%s", err, out)
	}
	return dir
}

func peerIn(dir string) *exec.Cmd {
	cmd := exec.Command("node", "peer.js")
	cmd.Dir = dir
	return cmd
}
