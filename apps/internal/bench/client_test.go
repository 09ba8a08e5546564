package bench_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"testing"
)

// load opens a connection for each client, which stays open, and prepares the
// bytes of each tenant's request: the less the clients compute, the less they
// hide of what the servers do.
func (w *world) load(b *testing.B, address string) (all []func(context.Context, int) error) {
	b.Helper()
	hosts := map[string]string{}
	for t := range w.Directory.All() {
		hosts[t.ID.String()] = t.Host
	}
	requests := make([][]byte, tenants)
	for n, id := range w.ids {
		requests[n] = []byte("GET /figures/" + day + " HTTP/1.1\r\nHost: " + hosts[id.String()] + "\r\n\r\n")
	}
	for range clients {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = conn.Close() }) // the server is going, too
		answers := bufio.NewReader(conn)
		all = append(all, func(_ context.Context, n int) error {
			if _, err := conn.Write(requests[n]); err != nil {
				return err
			}
			return judge(n, answers)
		})
	}
	return all
}

// judge reads an answer to its end, and holds it to be the tenant's own.
func judge(n int, answers *bufio.Reader) error {
	answer, err := http.ReadResponse(answers, nil)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("tenant %d got %s", n, answer.Status)
	}
	var body figureOf
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil {
		return err
	}
	return check(n, body.Value)
}
