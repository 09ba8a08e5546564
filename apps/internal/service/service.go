// Package service runs a service's two listeners, public and admin, from their
// start to a stop that drops no request. What is served is the service's own;
// settings are in config, metrics in telemetry, requests in web.
//
// It also embeds what an image without a base lacks: root certificates and
// time zones.
package service

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"
	_ "time/tzdata" // the image has no /usr/share/zoneinfo

	_ "golang.org/x/crypto/x509roots/fallback" // nor /etc/ssl/certs

	"github.com/avila-devops/saas/apps/internal/telemetry"
)

// ErrStoppedAtOnce says that a second signal cut requests in flight.
var ErrStoppedAtOnce = errors.New("stopped at once by a second signal")

// Options says what runs.
type Options struct {
	Address      string       // of the public listener
	AdminAddress string       // of health and metrics
	Public       http.Handler // answers on Address
	Metrics      http.Handler // answers GET /metrics on AdminAddress
	TLS          *tls.Config  // of Address; nil for none

	// Drain is how long requests are still accepted after a signal, while load
	// balancers learn that the process is going.
	Drain time.Duration
	// Finish is how long requests in flight then have to end.
	Finish time.Duration

	Log *slog.Logger
	// Signals delivers the signals to stop: the first drains, the second stops
	// at once.
	Signals <-chan os.Signal
}

// Run serves until a signal, or the end of ctx, and returns nil when every
// request was answered.
func Run(ctx context.Context, opt Options) error {
	public, err := listen(ctx, "ADDRESS", opt.Address)
	if err != nil {
		return err
	}
	admin, err := listen(ctx, "ADMIN_ADDRESS", opt.AdminAddress)
	if err != nil {
		return errors.Join(err, public.Close())
	}
	r := &running{opt: opt, failed: make(chan error, 2)}
	r.public = newServer(r.announceClose(opt.Public), opt.Log)
	r.public.TLSConfig = opt.TLS
	r.admin = newServer(r.health(), opt.Log)
	r.serve("admin", r.admin, admin)
	r.serve("public", r.public, public)
	r.ready.Store(true)
	return r.untilStopped(ctx)
}

// listen takes an address. The name is the variable that sets it.
func listen(ctx context.Context, name, address string) (net.Listener, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s: %q cannot be listened on; set it to a free port above 1023: %w", name, address, err)
	}
	return l, nil
}

// newServer bounds what a client may hold. A client that is idle is kept for
// longer than nginx keeps its side (60 s), so that nginx is the one to close
// and never sends into a connection that is going.
func newServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       75 * time.Second,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          telemetry.ServerLog(log),
	}
}
