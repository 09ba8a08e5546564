package dev

import (
	"context"
	"errors"

	"github.com/avila-devops/saas/dev/app"
)

// follow puts new builds in place until ctx or a server ends.
func (s *stack) follow(ctx context.Context, changes <-chan struct{}) error {
	ended := make(chan *app.Service)
	for {
		look, cancel := context.WithCancel(ctx)
		for _, service := range s.services {
			go func(over <-chan struct{}) {
				select {
				case <-over:
					select {
					case ended <- service:
					case <-look.Done():
					}
				case <-look.Done():
				}
			}(service.Ended())
		}
		select {
		case <-ctx.Done():
			cancel()
			return nil
		case err := <-s.lost:
			cancel()
			return err
		case service := <-ended:
			s.terminal.Say(self, "%s ended by itself: %v; it starts again when its source changes", service.Name, service.Lost())
		case <-changes:
			s.renew(ctx)
		}
		cancel()
	}
}

// renew builds everything anew and runs what came out different. A change of
// tenantctl brings its migrations.
func (s *stack) renew(ctx context.Context) {
	changed, err := s.source.Build(ctx, tenantctl, s.terminal.Source(tenantctl))
	if err == nil && changed {
		s.terminal.Say(self, "tenantctl is new: migrating")
		err = s.seed().Sow(ctx)
	}
	s.report(ctx, tenantctl, err)
	for _, service := range s.services {
		renewed, err := service.Renew(ctx)
		if renewed && err == nil {
			s.terminal.Say(self, "%s runs its new build", service.Name)
		}
		s.report(ctx, service.Name, err)
	}
}

func (s *stack) report(ctx context.Context, name string, err error) {
	switch {
	case err == nil || ctx.Err() != nil:
	case errors.Is(err, app.ErrBuild):
		s.terminal.Say(self, "%s does not build; what ran before runs on", name)
	default:
		s.terminal.Say(self, "%s: %v", name, err)
	}
}
