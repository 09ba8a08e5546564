// Tenantctl makes, migrates, checks, suspends, exports and erases tenants. It
// reads commands and prints results; the work is internal/provisioner's and
// internal/catalogue's.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/avila-devops/saas/apps/internal/backing"
	"github.com/avila-devops/saas/apps/internal/config"
	"github.com/avila-devops/saas/apps/internal/postgres"
	"github.com/avila-devops/saas/apps/internal/search"
	"github.com/avila-devops/saas/apps/internal/telemetry"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2 // the command or the environment cannot be used; nothing was done
	exitFound  = 3 // verify found something
)

var (
	errUsage = errors.New("usage")
	errFound = errors.New("tenants are not kept apart as they should be")
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.LookupEnv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// command is one thing that tenantctl does.
type command struct {
	name, arguments, help string
	login                 string // the login that it acts as, unless DATABASE_LOGIN says otherwise
	offline               bool   // it needs no database
	stores                bool   // it needs what keeps data of tenants besides the database
	flags                 func(*flag.FlagSet, *options)
	do                    func(context.Context, *call) error
}

// commands are in the order of a tenant's life.
var commands = []command{prepareCommand, provisionCommand, sparesCommand, migrateCommand, verifyCommand, listCommand,
	suspendCommand, resumeCommand, exportCommand, eraseCommand, reportCommand, indexCommand}

// call is one run of a command.
type call struct {
	options
	name     string // the tenant's, where the command takes one
	pool     *postgres.Pool
	stores   backing.Stores
	index    *search.Elastic // nil where PostgreSQL alone searches
	out, err io.Writer
}

func run(ctx context.Context, args []string, lookup config.Lookup, out, complain io.Writer) int {
	err := dispatch(ctx, args, lookup, out, complain)
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return exitDone
	case errors.Is(err, errUsage):
		fmt.Fprintf(complain, "tenantctl: %v\n", err)
		return exitUsage
	case errors.Is(err, errFound):
		fmt.Fprintf(complain, "tenantctl: %v\n", err)
		return exitFound
	default:
		fmt.Fprintf(complain, "tenantctl: %v\n", err)
		return exitFailed
	}
}

func dispatch(ctx context.Context, args []string, lookup config.Lookup, out, complain io.Writer) error {
	if len(args) == 0 || slices.Contains([]string{"help", "-h", "-help", "--help"}, args[0]) {
		help(out)
		return nil
	}
	i := slices.IndexFunc(commands, func(c command) bool { return c.name == args[0] })
	if i < 0 {
		return fmt.Errorf("%w: there is no command %.40q; tenantctl help lists those there are", errUsage, args[0])
	}
	c := commands[i]
	k := &call{out: out, err: complain}
	if err := c.parse(args[1:], k, out); err != nil {
		return err
	}
	if c.offline {
		return c.do(ctx, k)
	}
	settings, err := c.load(lookup)
	if err != nil {
		return fmt.Errorf("%w: the environment cannot be used; nothing was done:\n%w", errUsage, err)
	}
	return c.act(ctx, k, settings)
}

// act opens what a command needs, and runs it.
func (c command) act(ctx context.Context, k *call, settings settings) (err error) {
	settings.database.Connections = max(settings.database.Connections, k.parallel+2)
	open := postgres.OpenOwner
	if c.login == appLogin { // what holds for the services is judged as they are
		open = func(ctx context.Context, s postgres.Settings) (*postgres.Pool, error) {
			return postgres.Open(ctx, s, postgres.ForWrites)
		}
	}
	if k.index, err = settings.search.Open(); err != nil {
		return err //nolint:wrapcheck // it names the setting
	}
	if c.stores {
		if k.stores, err = backing.OpenStores(settings.stores, telemetry.NewMetrics(), telemetry.NewLog(k.err, "tenantctl")); err != nil {
			return err //nolint:wrapcheck // it names the setting
		}
		defer func() { err = errors.Join(err, k.stores.Close()) }()
	}
	if k.pool, err = open(ctx, settings.database); err != nil {
		return err //nolint:wrapcheck // it names the database and the remedy
	}
	defer k.pool.Close()
	return c.do(ctx, k)
}

// parse reads a command's flags and its tenant, in any order.
func (c command) parse(args []string, k *call, out io.Writer) error {
	set := flag.NewFlagSet(c.name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.BoolVar(&k.json, "json", false, "print one JSON object instead of text")
	if c.flags != nil {
		c.flags(set, &k.options)
	}
	var names []string
	for rest := args; ; rest = set.Args()[1:] {
		if err := set.Parse(rest); errors.Is(err, flag.ErrHelp) {
			c.usage(out, set)
			return err //nolint:wrapcheck // run knows it as it is
		} else if err != nil {
			return fmt.Errorf("%w: %w; tenantctl %s -h shows its flags", errUsage, err, c.name)
		}
		if set.NArg() == 0 {
			break
		}
		names = append(names, set.Arg(0))
	}
	want := 0
	if c.arguments != "" {
		want = 1
	}
	if len(names) != want {
		return fmt.Errorf("%w: tenantctl %s; it got %d arguments", errUsage, strings.TrimSpace(c.name+" "+c.arguments), len(names))
	}
	if want == 1 {
		k.name = names[0]
	}
	return nil
}

// settings are what the environment says.
type settings struct {
	database postgres.Settings
	search   backing.Search
	stores   backing.StoreSettings
}

// load reads how the database is reached, and the rest where a command needs
// it: an export or an erasure that passes over files would be taken for whole.
func (c command) load(lookup config.Lookup) (settings, error) {
	r := config.From(func(name string) (string, bool) {
		text, ok := lookup(name)
		if !ok && name == "DATABASE_LOGIN" {
			return c.login, true
		}
		return text, ok
	})
	s := settings{database: postgres.Load(r)}
	if c.stores {
		s.stores = backing.LoadStores(r)
		s.search = s.stores.Search
	} else {
		s.search = backing.LoadSearch(r)
	}
	return s, r.Err()
}
