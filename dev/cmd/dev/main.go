// Dev runs the SaaS on this machine until Ctrl-C. make dev builds and starts
// it; docs/development.md says what it does.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/term"

	"github.com/avila-devops/saas/dev"
	"github.com/avila-devops/saas/dev/app"
	"github.com/avila-devops/saas/dev/compose"
	"github.com/avila-devops/saas/dev/server"
)

func main() {
	if err := run(os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "dev:", err)
		os.Exit(1)
	}
}

// variable is a flag's environment variable.
func variable(flag string) string { return "AVILA_DEV_" + strings.ToUpper(flag) }

func run(args []string) error {
	root, address, ports := ".", "127.0.0.1", server.DefaultPorts
	var dir string
	var files bool
	set := flag.NewFlagSet("dev", flag.ContinueOnError)
	set.StringVar(&root, "root", root, "the repository")
	set.StringVar(&dir, "dir", dir, "where all is kept; .dev in the repository unless set")
	set.StringVar(&address, "address", address, "loopback address to listen on")
	set.BoolVar(&files, "compose", files, "write compose.yaml and what its containers mount, and run nothing")
	for _, port := range ports.List() {
		set.IntVar(port.Value, port.Name, *port.Value, "port "+port.Help)
	}
	var errs []error
	set.VisitAll(func(f *flag.Flag) {
		if text, ok := os.LookupEnv(variable(f.Name)); ok {
			if err := f.Value.Set(text); err != nil {
				errs = append(errs, fmt.Errorf("%s is %s: %w", variable(f.Name), strconv.Quote(text), err))
			}
		}
		f.Usage += "; or " + variable(f.Name)
	})
	if err := set.Parse(args); err != nil {
		return err
	}
	if set.NArg() > 0 {
		errs = append(errs, fmt.Errorf("%q is no flag; dev -h shows those there are", set.Args()))
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	root, err := filepath.Abs(root)
	if err != nil {
		return fmt.Errorf("find the repository: %w", err)
	}
	if files {
		return writeCompose(root)
	}
	if dir == "" {
		dir = filepath.Join(root, ".dev")
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return fmt.Errorf("find -dir: %w", err)
	}
	ctx, force := interrupts()
	return dev.Run(ctx, force, dev.Options{
		Apps: filepath.Join(root, "apps"), Dir: dir, Address: address, Ports: ports, Out: os.Stdout,
		Colour: term.IsTerminal(int(os.Stdout.Fd())) && os.Getenv("NO_COLOR") == "",
	})
}

func writeCompose(root string) error {
	services, err := (&app.Source{Dir: filepath.Join(root, "apps")}).Services()
	if err != nil {
		return err
	}
	return compose.Write(root, services)
}

// interrupts returns a context that the first signal ends, and one that the
// second does. The terminal's own end is a signal too.
func interrupts() (first, second context.Context) {
	first, stop := context.WithCancel(context.Background())
	second, kill := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		<-signals
		stop()
		<-signals
		kill()
	}()
	return first, second
}
