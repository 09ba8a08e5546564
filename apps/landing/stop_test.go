package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// look asks for a page, and fails unless the whole page comes.
func look(ctx context.Context, client *http.Client, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusOK || err == nil && !strings.HasSuffix(strings.TrimSpace(string(body)), "</html>") {
		return fmt.Errorf("answered %d with %d bytes", res.StatusCode, len(body))
	}
	return err
}

func TestATerminatedServiceUnderLoadDropsNoRequest(t *testing.T) {
	t.Parallel()
	p := start(t, "DRAIN=5s")
	go p.drainLog()

	// A request whose header is half sent when the signal comes.
	slow, err := net.Dial("tcp", p.public)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = slow.Close() }()
	if _, err := io.WriteString(slow, "GET / HTTP/1.1\r\nHost: localhost\r\n"); err != nil {
		t.Fatal(err)
	}

	const visitors, farewell = 8, 20
	var served atomic.Int64
	var visits sync.WaitGroup
	unready := make(chan struct{})
	problems := make(chan error, visitors)
	for range visitors {
		visits.Go(func() {
			client := &http.Client{Transport: &http.Transport{MaxIdleConns: 1}}
			defer client.CloseIdleConnections()
			for left := farewell; left > 0; {
				if err := look(t.Context(), client, "http://"+p.public+"/"); err != nil {
					problems <- err
					return
				}
				served.Add(1)
				select {
				case <-unready: // the balancer has heard, and sends its last
					left--
				default:
				}
			}
		})
	}
	for served.Load() < 200 {
		if len(problems) > 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	before := served.Load()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.untilReady(t, http.StatusServiceUnavailable)
	close(unready)
	if _, err := io.WriteString(slow, "\r\n"); err != nil {
		t.Fatal(err)
	}
	res, err := http.ReadResponse(bufio.NewReader(slow), nil)
	if err != nil {
		t.Fatalf("the request that was half sent is lost: %v", err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK || !res.Close {
		t.Errorf("a draining service answers %d and announces its close: %t", res.StatusCode, res.Close)
	}
	visits.Wait()
	close(problems)
	for err := range problems {
		t.Errorf("a request was dropped: %v", err)
	}
	if after := served.Load() - before; after < visitors*farewell {
		t.Errorf("%d requests were answered after the signal, want at least %d", after, visitors*farewell)
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the service ended with %v: %s", err, &p.errors)
	}
}

func TestASecondSignalEndsTheProcessAtOnce(t *testing.T) {
	t.Parallel()
	p := start(t, "DRAIN=5m")
	for _, said := range []string{"draining", ""} {
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if said != "" {
			p.says(t, said)
		}
	}
	p.drainLog()
	began := time.Now()
	err := p.cmd.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 || p.errors.String() != "landing: stopped at once by a second signal\n" {
		t.Errorf("the service ended with %v: %q", err, p.errors.String())
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("it took %s", took)
	}
}
