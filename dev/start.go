package dev

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/avila-devops/saas/dev/app"
	"github.com/avila-devops/saas/dev/server"
)

// startPatience is how long the servers may take until they answer.
const startPatience = 90 * time.Second

// start brings everything up, those first whom the others use.
func (s *stack) start(ctx context.Context) error {
	built := make(chan error, 1)
	go func() { built <- s.build(ctx) }()
	err := s.startServers(ctx)
	if err := errors.Join(err, <-built); err != nil {
		return err
	}
	s.terminal.Say(self, "making the tenants")
	if err := s.seed().Sow(ctx); err != nil {
		return err
	}
	env, err := app.Environment(s.place, server.App)
	if err != nil {
		return err
	}
	for _, service := range s.services {
		service.Environment = env
		if err := service.Start(ctx); err != nil {
			s.terminal.Say(self, "%s is not up: %v; it starts again when its source changes", service.Name, err)
		}
	}
	public, admin := s.upstreams()
	spec, err := s.place.Prometheus(admin, s.output("prometheus"))
	if err := s.listening(ctx, spec, s.opt.Ports.Prometheus, err); err != nil {
		return err
	}
	spec, err = s.place.Nginx(hosts(), public, s.output("nginx"))
	if err := s.listening(ctx, spec, s.opt.Ports.HTTPS, err); err != nil {
		return err
	}
	return ctx.Err()
}

// build compiles all programs. Without tenantctl there is nothing to serve;
// a service that does not build is waited for.
func (s *stack) build(ctx context.Context) error {
	s.terminal.Say(self, "building the services")
	if _, err := s.source.Build(ctx, tenantctl, s.terminal.Source(tenantctl)); err != nil {
		return err
	}
	for _, service := range s.services {
		if _, err := s.source.Build(ctx, service.Name, service.Output); errors.Is(err, app.ErrBuild) {
			s.terminal.Say(self, "%v; the build before is run, if there is one", err)
		} else if err != nil {
			return err
		}
	}
	return nil
}

func (s *stack) startServers(ctx context.Context) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startPatience, fmt.Errorf("not within %s", startPatience))
	defer cancel()
	spec, err := s.place.Postgres(ctx, s.output("postgres"))
	postgres, err := s.run(spec, err)
	if err != nil {
		return err
	}
	spec, err = s.place.Redis(s.output("redis"))
	if err := s.listening(ctx, spec, s.opt.Ports.Redis, err); err != nil {
		return err
	}
	if err := s.place.Logins(ctx, postgres); err != nil {
		return err
	}
	spec, err = s.place.PgBouncer(s.output("pgbouncer"))
	return s.listening(ctx, spec, s.opt.Ports.PgBouncer, err)
}
