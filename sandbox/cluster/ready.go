package cluster

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

const (
	// readyPatience is generous: a cluster is ready in two seconds on an idle
	// machine, and takes many times that while it compiles.
	readyPatience = 2 * time.Minute
	readyInterval = 50 * time.Millisecond
	// An API server without its database holds a request for a minute.
	answerPatience = 5 * time.Second
	logTail        = 15 // lines of a log that an error shows
)

// errPortTaken says that a server found its port taken.
var errPortTaken = errors.New("port in use")

// readyPaths answer 200 once the cluster can be used. The API server makes the
// namespaces by itself, a moment after it calls itself ready.
var readyPaths = []string{"/readyz", "/api/v1/namespaces/default", "/api/v1/namespaces/kube-system"}

// waitReady returns when the API server is ready, or says why it is not.
func (c Cluster) waitReady(ctx context.Context, token string) error {
	endpoint, err := c.Endpoint()
	if err != nil {
		return err
	}
	client, err := endpoint.client()
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	deadline, cancel := context.WithTimeout(ctx, readyPatience)
	defer cancel()
	remaining := readyPaths
	var last error
	for {
		for len(remaining) > 0 {
			if last = get(deadline, client, endpoint.Server+remaining[0], token); last != nil {
				break
			}
			remaining = remaining[1:]
		}
		if len(remaining) == 0 {
			return nil
		}
		if err := c.died(); err != nil {
			return err
		}
		if pause(deadline, readyInterval) != nil {
			return fmt.Errorf("%s is not ready: %w: %w%s", endpoint.Server, context.Cause(deadline), last, c.apiServer(ports{}).tail())
		}
	}
}

// died says which server ended instead of serving.
func (c Cluster) died() error {
	for _, server := range c.servers(ports{}) {
		if server.pid() != 0 {
			continue
		}
		tail := server.tail()
		if strings.Contains(tail, "address already in use") {
			return fmt.Errorf("%s: %w%s", server.program, errPortTaken, tail)
		}
		return fmt.Errorf("%s ended%s", server.program, tail)
	}
	return nil
}

// tail returns the end of the process's log with its path, for an error.
func (p process) tail() string {
	text, err := os.ReadFile(p.logFile())
	if err != nil {
		return fmt.Sprintf("; its log cannot be read: %v", err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	lines = lines[max(0, len(lines)-logTail):]
	return fmt.Sprintf("; the end of %s:\n%s", p.logFile(), strings.Join(lines, "\n"))
}

func (e Endpoint) client() (*http.Client, error) {
	text, err := os.ReadFile(e.CAFile)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("%s holds no certificate", e.CAFile)
	}
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13}}}, nil
}

func get(ctx context.Context, client *http.Client, url, token string) error {
	ctx, cancel := context.WithTimeout(ctx, answerPatience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	body, _ := io.ReadAll(io.LimitReader(resp.Body, 4096)) // best effort: it only explains the status
	return fmt.Errorf("%s: %s: %s", url, resp.Status, strings.TrimSpace(string(body)))
}
