package ini

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"time"
)

// Nothing may reach the text that could end a value.
var (
	nameForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
	hostForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)
	fileForm = regexp.MustCompile(`^/[A-Za-z0-9._/-]+$`)
)

// ours is the name of PgBouncer's own database, and of who administers it.
const ours = "pgbouncer"

type complaints []error

func (c *complaints) bad(format string, values ...any) {
	*c = append(*c, fmt.Errorf(format, values...))
}

func (c *complaints) file(name, path string) {
	if !fileForm.MatchString(path) {
		c.bad("Args.%s %q is not an absolute path of plain characters", name, path)
	}
}

func (c *complaints) port(name string, port int) {
	if port < 1 || port > 65535 {
		c.bad("%s is %d: a port is 1 to 65535", name, port)
	}
}

func (a *Args) validate() error {
	var c complaints
	if _, err := netip.ParseAddr(a.Address); err != nil {
		c.bad("Args.Address %q is not an address; 0.0.0.0 means all", a.Address)
	}
	c.port("Args.Port", a.Port)
	if a.AdminSocket != "" {
		c.file("AdminSocket", a.AdminSocket)
	}
	if a.MaxClients < 1 {
		c.bad("Args.MaxClients is %d: at least 1", a.MaxClients)
	}
	a.validateAuth(&c)
	a.validateTLS(&c)
	a.Waits.validate(&c)
	a.validatePools(&c)
	return errors.Join(c...)
}

func (a *Args) validateAuth(c *complaints) {
	c.file("Auth.Users", a.Auth.Users)
	if a.Auth.User != "" && !nameForm.MatchString(a.Auth.User) {
		c.bad("Args.Auth.User %q is not the name of a login", a.Auth.User)
	}
	if a.Auth.Database != "" && !nameForm.MatchString(a.Auth.Database) {
		c.bad("Args.Auth.Database %q is not the name of a database", a.Auth.Database)
	}
	if a.Auth.User != "" && a.Auth.Database == "" {
		c.bad("Args.Auth.Database is not set: name where %s looks passwords up, like postgres", a.Auth.User)
	}
	for _, login := range a.Auth.Stats {
		if !nameForm.MatchString(login) || login == ours {
			c.bad("Args.Auth.Stats %q is not the name of a login that only reads", login)
		}
	}
}

func (a *Args) validateTLS(c *complaints) {
	c.file("Clients.Certificate", a.Clients.Certificate)
	c.file("Clients.Key", a.Clients.Key)
	if a.Clients.CA != "" {
		c.file("Clients.CA", a.Clients.CA)
	}
	c.file("Server.Certificate", a.Server.Certificate)
	c.file("Server.Key", a.Server.Key)
	c.file("Server.CA", a.Server.CA)
}

func (w Waits) validate(c *complaints) {
	for _, of := range []struct {
		name string
		wait time.Duration
	}{{"Query", w.Query}, {"Connect", w.Connect}, {"Reserve", w.Reserve}, {"Transaction", w.Transaction}, {"Idle", w.Idle}, {"Lifetime", w.Lifetime}} {
		if of.wait < time.Second || of.wait%time.Second != 0 {
			c.bad("Args.Waits.%s is %s: whole seconds, at least 1: PgBouncer takes 0 for ever", of.name, of.wait)
		}
	}
	if w.Reserve >= w.Query && w.Query > 0 {
		c.bad("Args.Waits.Reserve %s is not below Query %s: the reserve would come too late for who waits", w.Reserve, w.Query)
	}
}

func (a *Args) validatePools(c *complaints) {
	if len(a.Pools) == 0 {
		c.bad("Args.Pools is empty: nothing would be reached")
	}
	names := map[string]bool{}
	for _, p := range a.Pools {
		if !nameForm.MatchString(p.Name) || p.Name == ours || names[p.Name] {
			c.bad("pool %q: a name of its own, of lower-case letters, digits and underscores, and not %s", p.Name, ours)
		}
		names[p.Name] = true
		if !hostForm.MatchString(p.Host) {
			c.bad("pool %s: %q is not a host", p.Name, p.Host)
		}
		c.port("pool "+p.Name+": Port", p.Port)
		if !nameForm.MatchString(p.Database) {
			c.bad("pool %s: %q is not the name of a database", p.Name, p.Database)
		}
		if p.Size < 1 || p.Reserve < 0 || p.Reserve >= p.Size {
			c.bad("pool %s: a size of %d with a reserve of %d; at least 1, and the reserve is less than all of it", p.Name, p.Size, p.Reserve)
		}
		if need := p.Poolers * p.Most(); p.Poolers < 1 || need > p.Limit {
			c.bad("pool %s: %d poolers × (%d + %d to look passwords up) = %d connections, and %s leaves them %d; use a smaller pool or fewer poolers",
				p.Name, p.Poolers, p.Size, AuthConnections, need, p.Host, p.Limit)
		}
	}
}
