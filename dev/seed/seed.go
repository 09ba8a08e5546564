// Package seed gives a database its first tenants: made by tenantctl as those
// of production are, with rows to look at. It may be run again at any time, and
// completes what an interruption left half done.
package seed

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/avila-devops/saas/dev/app"
	"github.com/avila-devops/saas/dev/process"
	"github.com/avila-devops/saas/dev/server"
)

// Rows is the SQL of a tenant's rows, for psql with the variables tenant,
// title and colour.
//
//go:embed clinic.sql
var Rows string

// Tenant is a tenant of this machine.
type Tenant struct {
	Name          string
	Title, Colour string // of a clinic; the house has no rows of one
}

// Tenants are those that are made: two clinics, and the house.
var Tenants = []Tenant{
	{"demo", "Consultório Demonstração", "#0b6e4f"},
	{"clinica", "Clínica Boa Vista", "#1f4e8c"},
	{Name: app.House},
}

// Clinic tells whether the tenant has the rows of a clinic.
func (t Tenant) Clinic() bool { return t.Title != "" }

// Host is where the tenant is. The house's own is the platform's, so it has
// another for those who administer it.
func (t Tenant) Host() string {
	if t.Name == app.House {
		return "casa." + server.Domain
	}
	return t.Name + "." + server.Domain
}

// Login is the tenant's first user.
func (t Tenant) Login() string { return "cliente_" + t.Name + "_admin" }

// Email is the first user's address.
func (t Tenant) Email() string { return "admin@" + t.Host() }

// Password is the file and text of the first user's password.
func (t Tenant) Password(p *server.Place) (path, text string, err error) {
	return p.Secret("tenant-" + t.Name)
}

// Hosts are those of all tenants.
func Hosts() []string {
	var hosts []string
	for _, t := range Tenants {
		hosts = append(hosts, t.Host())
	}
	return hosts
}

// Seed is how tenants are made.
type Seed struct {
	Place  *server.Place
	Source *app.Source
	Output io.Writer
}

// tenantctl runs a command as the owner of the tables.
func (s *Seed) tenantctl(ctx context.Context, out io.Writer, args ...string) error {
	env, err := app.OwnerEnvironment(s.Place)
	if err != nil {
		return err
	}
	var complaint bytes.Buffer
	err = s.Place.Group.Run(ctx, process.Spec{
		Name: "tenantctl", Path: s.Source.Program("tenantctl"), Args: args, Env: env, Dir: s.Source.Dir, Output: io.MultiWriter(out, &complaint),
	})
	if err != nil {
		return fmt.Errorf("tenantctl %s: %w: %s", args[0], err, strings.TrimSpace(complaint.String()))
	}
	return nil
}

// Sow prepares the database, brings every schema to the latest step, and makes
// the tenants that are absent.
func (s *Seed) Sow(ctx context.Context) error {
	for _, args := range [][]string{{"prepare"}, {"migrate"}} {
		if err := s.tenantctl(ctx, io.Discard, args...); err != nil {
			return err
		}
	}
	var text bytes.Buffer
	if err := s.tenantctl(ctx, &text, "list", "-json"); err != nil {
		return err
	}
	var list struct {
		Tenants []struct{ Name, State string }
	}
	if err := json.Unmarshal(text.Bytes(), &list); err != nil {
		return fmt.Errorf("read tenantctl's list: %w", err)
	}
	states := map[string]string{}
	for _, t := range list.Tenants {
		states[t.Name] = t.State
	}
	for _, t := range Tenants {
		if err := s.sow(ctx, t, states[t.Name]); err != nil {
			return fmt.Errorf("tenant %s: %w", t.Name, err)
		}
	}
	return nil
}

func (s *Seed) sow(ctx context.Context, t Tenant, state string) error {
	if state == "" {
		password, _, err := t.Password(s.Place)
		if err != nil {
			return err
		}
		if err := s.tenantctl(ctx, io.Discard, "provision", t.Name, "-host", t.Host(), "-admin-email", t.Email(), "-admin-password-file", password); err != nil {
			return err
		}
	}
	if !t.Clinic() || state != "" && state != "active" {
		return nil // whoever suspended or erased it wanted to see that
	}
	return s.Place.SQL(ctx, server.Database, Rows, map[string]string{"tenant": t.Name, "title": t.Title, "colour": t.Colour})
}
