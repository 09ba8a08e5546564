package server

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/avila-devops/saas/dev/process"
)

// interval is how often a server that starts is asked whether it has.
const interval = 20 * time.Millisecond

// Listening waits until an address accepts connections.
func Listening(ctx context.Context, p *process.Process, address string) error {
	return await(ctx, p, address, func(ctx context.Context) error {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
		if err != nil {
			return fmt.Errorf("connect: %w", err)
		}
		return conn.Close()
	})
}

// Ready waits until a URL answers 200.
func Ready(ctx context.Context, p *process.Process, url string) error {
	return await(ctx, p, url, func(ctx context.Context) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return fmt.Errorf("ask: %w", err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return fmt.Errorf("ask: %w", err)
		}
		defer response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("it answers %s", response.Status)
		}
		return nil
	})
}

func await(ctx context.Context, p *process.Process, what string, try func(context.Context) error) error {
	for {
		err := try(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.Ended():
			return fmt.Errorf("%s ended at once, and says why above: %w", p.Name(), p.Err())
		case <-ctx.Done():
			return fmt.Errorf("%s is not ready at %s: %w: %w", p.Name(), what, context.Cause(ctx), err)
		case <-time.After(interval):
		}
	}
}
