package bench_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/avila-devops/saas/apps/internal/postgres"
	"github.com/avila-devops/saas/apps/internal/registry"
	"github.com/avila-devops/saas/apps/internal/telemetry"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/web"
)

// orderVariable makes this program the server, or tells Node's what to serve.
const orderVariable = "BENCH_SERVE"

// order is what a server is told.
type order struct {
	Settings postgres.Settings
	Hosts    map[string]string // to tenants' names
	Headers  map[string]string // of each answer; a peer that has none does nothing but read
}

// serving is what a server says once it listens.
type serving struct {
	Tenancy, Bare string // addresses; Node's has no bare one
}

// serve answers the same read at two addresses, in one process: for the
// tenant of the host, and from a table that belongs to the host without any
// tenancy.
func serve(text string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return fmt.Errorf("read the order: %w", err)
	}
	pool, err := postgres.Open(ctx, o.Settings, postgres.ForReads)
	if err != nil {
		return err
	}
	defer pool.Close()
	directory, err := tenancy.NewDirectory(ctx, registry.New(pool), tenancy.Following{})
	if err != nil {
		return err
	}
	go directory.Follow(ctx)
	log, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a service writes a line for each request
	if err != nil {
		return err
	}
	defer log.Close()

	db := tenancy.New(pool, pool, tenancy.Options{})
	mux := newMux(log, func(r *http.Request) (v int64, err error) {
		t, _ := tenancy.Of(r.Context()) // the zero ID reads nothing
		return v, db.QueryRow(r.Context(), t.ID, read, r.PathValue("day"), kind).Scan(&v)
	})
	names, reads := o.Hosts, map[string]string{}
	for host, name := range names {
		reads[host] = bare(name)
	}
	plain := newMux(log, func(r *http.Request) (v int64, err error) {
		return v, pool.Raw().QueryRow(r.Context(), reads[r.Host], names[r.Host], r.PathValue("day"), kind).Scan(&v)
	})
	var s serving
	for at, handler := range map[*string]http.Handler{&s.Tenancy: directory.Handler(mux, refuse), &s.Bare: plain} {
		if *at, err = listen(handler); err != nil {
			return err
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(s); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// figureOf is the answer.
type figureOf struct {
	Value int64 `json:"value"`
}

// newMux routes the read, and does with a request all that a service does.
func newMux(log *os.File, read func(*http.Request) (int64, error)) *web.Mux {
	mux := web.NewMux(telemetry.NewMetrics(), telemetry.NewLog(log, "bench"), func(w http.ResponseWriter, _ *http.Request, code int) { w.WriteHeader(code) })
	mux.Handle(http.MethodGet, "/figures/{day}", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		value, err := read(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_ = json.NewEncoder(w).Encode(figureOf{value}) // the client sees that it is cut
	}))
	return mux
}

func refuse(w http.ResponseWriter, _ *http.Request, err error) {
	http.Error(w, err.Error(), http.StatusNotFound)
}

func listen(h http.Handler) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(l) }() // until the process ends
	return l.Addr().String(), nil
}
