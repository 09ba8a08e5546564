package dev

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/avila-devops/saas/dev/seed"
	"github.com/avila-devops/saas/dev/server"
)

func hosts() []string { return seed.Hosts() }

// table is what a person needs next: addresses and passwords.
func (s *stack) table() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\nThe SaaS is up. Ctrl-C stops it; a change in apps/ is built and run.\n\n")
	fmt.Fprintf(w, "  the platform\t%s\n", s.place.URL(server.Domain))
	for _, t := range seed.Tenants {
		_, password, err := t.Password(s.place)
		if err != nil {
			password = err.Error()
		}
		fmt.Fprintf(w, "  tenant %s\t%s\tlogin %s\tpassword %s\n", t.Name, s.place.URL(t.Host()), t.Login(), password)
	}
	fmt.Fprintf(w, "  Prometheus\thttp://%s/\n", s.place.At(s.opt.Ports.Prometheus))
	fmt.Fprintf(w, "  PostgreSQL\t%s, and PgBouncer at %s\tdatabase %s\tpasswords in %s\n", s.place.At(s.opt.Ports.Postgres), s.place.At(s.opt.Ports.PgBouncer), server.Database, s.place.Path("secrets"))
	fmt.Fprintf(w, "  Redis\t%s\tTLS\n", s.place.At(s.opt.Ports.Redis))
	for _, service := range s.services {
		fmt.Fprintf(w, "  %s\thttp://%s/metrics\n", service.Name, service.Admin)
	}
	_ = w.Flush() // a strings.Builder takes everything
	fmt.Fprintf(&b, "\n  Browsers warn until they trust %s,\n  which can sign for localhost alone.\n", s.place.CA.CA())
	return b.String()
}
