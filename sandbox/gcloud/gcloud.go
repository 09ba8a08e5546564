// Package gcloud stands in for the few commands of gcloud that the runbooks
// tell people to type, on the emulated cloud: what is done by hand there must
// be tried out by hand here. Every other command is refused by name. What a
// resource must satisfy is in package gcp.
package gcloud

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/avila-devops/saas/sandbox/gcp"
	"github.com/avila-devops/saas/sandbox/home"
)

// command is one of gcloud's: what it takes, and what it does.
type command struct {
	arguments int
	flags     []string // those with a value; project is taken everywhere
	switches  []string
	run       func(context.Context, *call) error
}

// call is a command as it was typed.
type call struct {
	hand    *gcp.Hand
	out     io.Writer
	project string
	args    []string
	flags   map[string]string
}

var commands = map[string]command{
	"services enable":                  {1, nil, nil, enable},
	"compute networks create":          {1, []string{"subnet-mode", "bgp-routing-mode"}, nil, createNetwork},
	"compute networks subnets create":  {1, []string{"network", "region", "range", "secondary-range"}, []string{"enable-private-ip-google-access"}, createSubnet},
	"dns managed-zones create":         {1, []string{"dns-name", "description", "dnssec-state"}, nil, createZone},
	"dns record-sets create":           {1, []string{"zone", "type", "ttl", "rrdatas"}, nil, createRecord},
	"kms keys versions create":         {0, []string{"location", "keyring", "key"}, []string{"primary"}, createVersion},
	"sql instances clone":              {2, []string{"point-in-time"}, nil, clone},
	"sql instances delete":             {1, nil, []string{"quiet"}, deleteInstance},
	"sql instances describe":           {1, nil, nil, describe},
	"sql ssl server-ca-certs create":   {0, []string{"instance"}, nil, authorities((*gcp.Hand).AddServerCA)},
	"sql ssl server-ca-certs rotate":   {0, []string{"instance"}, nil, authorities((*gcp.Hand).RotateServerCA)},
	"sql ssl server-ca-certs rollback": {0, []string{"instance"}, nil, authorities((*gcp.Hand).RollBackServerCA)},
	"storage buckets update":           {1, nil, []string{"no-public-access-prevention"}, openBucket},
}

// Run runs a command line without gcloud's own name.
func Run(ctx context.Context, h home.Home, out io.Writer, line []string) error {
	var words []string
	for _, word := range line {
		if strings.HasPrefix(word, "-") {
			break
		}
		words = append(words, word)
	}
	for n := len(words); n > 0; n-- {
		name := strings.Join(words[:n], " ")
		if cmd, ok := commands[name]; ok {
			c, err := cmd.parse(name, line[n:])
			if err != nil {
				return err
			}
			c.hand, c.out = gcp.ByHand(h, c.project, c.flags["region"]), out
			if err := cmd.run(ctx, c); err != nil {
				return fmt.Errorf("(gcloud.%s) %w", strings.ReplaceAll(name, " ", "."), err)
			}
			return nil
		}
	}
	return fmt.Errorf("the sandbox's gcloud knows no %q; it knows: %s",
		strings.Join(words, " "), strings.Join(slices.Sorted(maps.Keys(commands)), ", "))
}

// parse reads --flag=value, --flag value and switches.
func (cmd command) parse(name string, rest []string) (*call, error) {
	c := &call{flags: map[string]string{}}
	for i := 0; i < len(rest); i++ {
		word, isFlag := strings.CutPrefix(rest[i], "--")
		if !isFlag {
			c.args = append(c.args, rest[i])
			continue
		}
		flag, value, given := strings.Cut(word, "=")
		switch {
		case slices.Contains(cmd.switches, flag) && !given:
			value = "true"
		case flag != "project" && !slices.Contains(cmd.flags, flag):
			return nil, fmt.Errorf("gcloud %s: the sandbox does not know --%s; it knows --%s", name, flag,
				strings.Join(slices.Concat([]string{"project"}, cmd.flags, cmd.switches), ", --"))
		case !given && i+1 < len(rest):
			i++
			value = rest[i]
		}
		if value == "" {
			return nil, fmt.Errorf("gcloud %s: --%s has no value", name, flag)
		}
		c.flags[flag] = value
	}
	if len(c.args) != cmd.arguments {
		return nil, fmt.Errorf("gcloud %s takes %d arguments, not %q", name, cmd.arguments, c.args)
	}
	if c.project = c.flags["project"]; c.project == "" {
		return nil, fmt.Errorf("gcloud %s: --project is missing; name the stack's gcp:project, so that no command falls on another", name)
	}
	return c, nil
}
