package service

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// running is a service that listens.
type running struct {
	opt           Options
	public, admin *http.Server
	failed        chan error // a listener's end before its time
	ready         atomic.Bool
	draining      atomic.Bool
}

func (r *running) serve(name string, server *http.Server, l net.Listener) {
	r.opt.Log.Info("listening", "listener", name, "address", l.Addr().String())
	go func() {
		serve := server.Serve
		if server.TLSConfig != nil {
			serve = func(l net.Listener) error { return server.ServeTLS(l, "", "") } // the configuration has the certificate
		}
		if err := serve(l); !errors.Is(err, http.ErrServerClosed) {
			r.failed <- fmt.Errorf("serve the %s listener: %w", name, err)
		}
	}()
}

// untilStopped waits for the signal to stop, and stops in order: unready,
// still serving; then no new connections; then the end of what is in flight.
// The admin listener goes last, so that the whole stop can be watched.
func (r *running) untilStopped(ctx context.Context) error {
	select {
	case err := <-r.failed:
		return errors.Join(err, r.close())
	case <-ctx.Done():
	case <-r.opt.Signals:
	}
	r.draining.Store(true)
	r.ready.Store(false)
	r.opt.Log.Info("draining", "drain", r.opt.Drain.String())
	drained := time.NewTimer(r.opt.Drain)
	defer drained.Stop()
	select {
	case <-drained.C:
	case err := <-r.failed:
		return errors.Join(err, r.close())
	case <-r.opt.Signals:
		return errors.Join(ErrStoppedAtOnce, r.close())
	}
	return r.finish(context.WithoutCancel(ctx))
}

// finish waits for the requests in flight.
func (r *running) finish(ctx context.Context) error {
	r.opt.Log.Info("finishing", "finish", r.opt.Finish.String())
	ctx, cancel := context.WithTimeoutCause(ctx, r.opt.Finish, fmt.Errorf("requests in flight did not end within %s and were cut", r.opt.Finish))
	defer cancel()
	ended := make(chan error, 1)
	go func() { ended <- r.public.Shutdown(ctx) }()
	select {
	case err := <-ended:
		if err != nil {
			return errors.Join(context.Cause(ctx), r.close())
		}
	case <-r.opt.Signals:
		return errors.Join(ErrStoppedAtOnce, r.close())
	}
	r.opt.Log.Info("stopped")
	return r.close()
}

func (r *running) close() error { return errors.Join(r.public.Close(), r.admin.Close()) }

// announceClose tells clients, while draining, that their connection ends with
// this answer. A connection that the server closes unannounced may carry a
// request that nobody reads.
func (r *running) announceClose(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if r.draining.Load() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, req)
	})
}

// health answers the kubelet and Prometheus. A process that can answer is
// alive; nothing that it depends on enters into that, or an outage elsewhere
// would restart it.
func (r *running) health() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", r.opt.Metrics)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "alive") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		switch {
		case r.ready.Load():
			say(w, http.StatusOK, "ready")
		case r.draining.Load():
			say(w, http.StatusServiceUnavailable, "draining")
		default:
			say(w, http.StatusServiceUnavailable, "starting")
		}
	})
	return mux
}

func say(w http.ResponseWriter, code int, word string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_, _ = fmt.Fprintln(w, word) // a prober that went away needs no answer
}
