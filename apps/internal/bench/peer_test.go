package bench_test

import (
	"embed"
	"io/fs"
	"os"
	"os/exec"
	"testing"
)

// peer is the same read in Node: Fastify and pg, a transaction whose local
// settings are the tenant's, a pool of the same size.
//
//go:embed node/package.json node/package-lock.json node/peer.js
var peer embed.FS

// BenchmarkPeer compares what a second of computing answers, ours on one core
// and Node's one process. Only the servers' own time counts, not that of the
// database, the pooler or the clients. Ours counts, logs and guards each
// request besides, which Node's does not.
func BenchmarkPeer(b *testing.B) {
	w := newWorld(b)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1")
	ours := w.start(b, cmd)
	node := w.start(b, install(b))
	for b.Loop() {
		r := turns(b, long, form{w.load(b, node.Tenancy), node.cpu}, form{w.load(b, ours.Tenancy), ours.cpu})
		b.ReportMetric(r.rate(0), "node_read_per_core")
		b.ReportMetric(r.rate(1), "read_per_core")
		b.ReportMetric(r.ratio(1, 0), "read_per_core_of_node_x")
	}
}

// install installs the peer as its lockfile says, and returns how to run it.
func install(b *testing.B) *exec.Cmd {
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
	cmd := exec.Command("node", "peer.js")
	cmd.Dir = dir
	return cmd
}
