package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/avila-devops/saas/dev/process"
	"github.com/avila-devops/saas/dev/server"
)

// startPatience is how long a service may take until it is ready.
const startPatience = 30 * time.Second

// ErrNotReady says that a service was started and does not serve.
var ErrNotReady = errors.New("it does not become ready")

// Service is a program of apps/ that runs here.
type Service struct {
	Name          string
	Public, Admin string // host:port
	Source        *Source
	Environment   []string
	Output        io.Writer

	running *process.Process
}

// Ended is closed when the service has ended; nil, which is never, when it
// does not run.
func (s *Service) Ended() <-chan struct{} {
	if s.running == nil {
		return nil
	}
	return s.running.Ended()
}

// Lost says how a service ended by itself, and takes note of it.
func (s *Service) Lost() error {
	err := s.running.Err()
	s.running = nil
	return err
}

// Running tells whether the service runs.
func (s *Service) Running() bool { return s.running != nil }

// Start runs the program as it was built, and waits until it is ready.
func (s *Service) Start(ctx context.Context) error {
	p, err := s.Source.Group.Start(process.Spec{
		Name: s.Name, Path: s.Source.Program(s.Name), Dir: s.Source.Dir, Output: s.Output,
		Env: append([]string{"ADDRESS=" + s.Public, "ADMIN_ADDRESS=" + s.Admin}, s.Environment...),
	})
	if err != nil {
		return err
	}
	s.running = p
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	if err := server.Ready(ctx, p, "http://"+s.Admin+"/readyz"); err != nil {
		select {
		case <-p.Ended(): // its end is told of once
			s.running = nil
		default:
		}
		return fmt.Errorf("%w: %w", ErrNotReady, err)
	}
	return nil
}

// Stop ends the service.
func (s *Service) Stop(ctx context.Context) {
	if s.running != nil {
		s.running.Stop(ctx)
		s.running = nil
	}
}

// Renew builds the service and, when the program is another, runs it in place
// of the old one. An old one whose successor does not build runs on.
func (s *Service) Renew(ctx context.Context) (renewed bool, err error) {
	changed, err := s.Source.Build(ctx, s.Name, s.Output)
	if err != nil || !changed && s.Running() {
		return false, err
	}
	s.Stop(ctx)
	return true, s.Start(ctx)
}
