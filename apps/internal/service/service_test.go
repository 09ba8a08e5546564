package service_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/service"
	"github.com/avila-devops/saas/apps/internal/telemetry"
)

// line is what a test reads of a log line.
type line struct{ Msg, Address string }

// bundle is a service that runs in this process, with a handler that answers
// when the test lets it.
type bundle struct {
	public, admin string
	signals       chan os.Signal
	entered       chan struct{} // receives when a request has reached the handler
	release       chan struct{} // closed to let it answer
	ended         chan error
	says          func(word string) // waits until the log says it
}

func setup(t *testing.T, drain, finish time.Duration) *bundle {
	t.Helper()
	b := &bundle{signals: make(chan os.Signal, 2), entered: make(chan struct{}, 1), release: make(chan struct{}), ended: make(chan error, 1)}
	read, write := io.Pipe()
	t.Cleanup(func() { _ = read.Close() })
	lines := make(chan line, 64) // more than a run writes: the log never holds the service up
	go func() {
		defer close(lines)
		for dec := json.NewDecoder(read); ; {
			var l line
			if dec.Decode(&l) != nil {
				return
			}
			lines <- l
		}
	}()
	b.says = func(word string) {
		for l := range lines {
			if l.Msg == word {
				return
			}
		}
		t.Errorf("the log ended without saying %q", word)
	}
	go func() {
		b.ended <- service.Run(context.Background(), service.Options{
			Address: "127.0.0.1:0", AdminAddress: "127.0.0.1:0",
			Drain: drain, Finish: finish, Signals: b.signals,
			Metrics: http.NotFoundHandler(),
			Public: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				b.entered <- struct{}{}
				<-b.release
				_, _ = io.WriteString(w, "answered")
			}),
			Log: telemetry.NewLog(write, "test"),
		})
	}()
	b.admin, b.public = (<-lines).Address, (<-lines).Address
	return b
}

// ask sends a request that stays in flight, and returns where its answer comes.
func (b *bundle) ask(t *testing.T) chan string {
	t.Helper()
	answers := make(chan string, 1)
	go func() {
		res, err := http.Get("http://" + b.public + "/")
		if err != nil {
			answers <- "error: " + err.Error()
			return
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			answers <- "error: " + err.Error()
			return
		}
		answers <- string(body)
	}()
	<-b.entered
	return answers
}

// refused waits until the public listener takes no more connections.
func (b *bundle) refused(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		conn, err := net.Dial("tcp", b.public)
		if errors.Is(err, syscall.ECONNREFUSED) {
			return
		}
		if err == nil {
			_ = conn.Close()
		}
	}
	t.Fatal("the listener still takes connections")
}

func TestARequestInFlightIsAnsweredAfterTheListenerHasClosed(t *testing.T) {
	t.Parallel()
	b := setup(t, 0, time.Minute)
	answer := b.ask(t)
	b.signals <- syscall.SIGTERM
	b.says("finishing")
	b.refused(t)
	close(b.release)
	if got := <-answer; got != "answered" {
		t.Errorf("the request got %q", got)
	}
	if err := <-b.ended; err != nil {
		t.Errorf("Run returned %v", err)
	}
}

func TestHealthAnswersUntilTheLastRequestHasEnded(t *testing.T) {
	t.Parallel()
	b := setup(t, 0, time.Minute)
	answer := b.ask(t)
	b.signals <- syscall.SIGTERM
	b.says("finishing")
	b.refused(t)
	for path, want := range map[string]int{"/healthz": http.StatusOK, "/readyz": http.StatusServiceUnavailable} {
		res, err := http.Get("http://" + b.admin + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s answers %d while a request is in flight, want %d", path, res.StatusCode, want)
		}
	}
	close(b.release)
	<-answer
	if err := <-b.ended; err != nil {
		t.Errorf("Run returned %v", err)
	}
}

func TestARequestThatNeverEndsIsCutAndReported(t *testing.T) {
	t.Parallel()
	b := setup(t, 0, 10*time.Millisecond)
	answer := b.ask(t)
	b.signals <- syscall.SIGTERM
	b.says("finishing")
	if err := <-b.ended; err == nil || !strings.Contains(err.Error(), "requests in flight did not end within 10ms and were cut") {
		t.Errorf("Run returned %v", err)
	}
	if got := <-answer; !strings.HasPrefix(got, "error: ") {
		t.Errorf("the request got %q", got)
	}
	close(b.release)
}

func TestASecondSignalStopsAtOnce(t *testing.T) {
	t.Parallel()
	for _, phase := range []struct {
		says  string
		drain time.Duration
	}{{"draining", time.Hour}, {"finishing", 0}} {
		t.Run(phase.says, func(t *testing.T) {
			t.Parallel()
			b := setup(t, phase.drain, time.Hour)
			answer := b.ask(t)
			b.signals <- syscall.SIGTERM
			b.says(phase.says)
			b.signals <- syscall.SIGTERM
			if err := <-b.ended; !errors.Is(err, service.ErrStoppedAtOnce) {
				t.Errorf("Run returned %v", err)
			}
			<-answer
			close(b.release)
		})
	}
}

func TestAnAddressThatIsTakenIsNamedWithItsVariable(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for _, variable := range []string{"ADDRESS", "ADMIN_ADDRESS"} {
		opt := service.Options{Address: "127.0.0.1:0", AdminAddress: "127.0.0.1:0", Log: telemetry.NewLog(io.Discard, "test")}
		if variable == "ADDRESS" {
			opt.Address = taken.Addr().String()
		} else {
			opt.AdminAddress = taken.Addr().String()
		}
		err := service.Run(context.Background(), opt)
		want := variable + `: "` + taken.Addr().String() + `" cannot be listened on; set it to a free port above 1023: `
		if !errors.Is(err, syscall.EADDRINUSE) || !strings.Contains(err.Error(), want) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}
