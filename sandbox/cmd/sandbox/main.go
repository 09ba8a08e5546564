// The sandbox's command line: what the Makefile's targets run.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/avila-devops/saas/sandbox/gcloud"
	"github.com/avila-devops/saas/sandbox/lifecycle"
)

func main() {
	// The engine, which shares the terminal, gets an interrupt by itself and
	// ends in order; a second one ends it at once.
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := command().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "\nerror: "+err.Error())
		os.Exit(1) //nolint:gocritic // stop only restores the signals' meaning
	}
}

func command() *cobra.Command {
	var root, stack string
	all := &cobra.Command{
		Use:           "sandbox",
		Short:         "The embedded cloud: the real program on the real engine, without a cloud account",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	all.PersistentFlags().StringVar(&root, "root", ".", "directory of the repository")
	add := func(use, short string, takesStack bool, run func(context.Context, *lifecycle.Sandbox, []string) error) {
		cmd := &cobra.Command{Use: use, Short: short, RunE: func(cmd *cobra.Command, args []string) error {
			s, err := lifecycle.Open(root, os.Stdout, os.Stderr)
			if err != nil {
				return err
			}
			return run(cmd.Context(), s, args)
		}}
		if takesStack {
			cmd.Flags().StringVar(&stack, "stack", "staging", "stack to work on: staging, prod")
		}
		all.AddCommand(cmd)
	}
	add("up", "Deploy a stack into the embedded cloud, under the policy pack", true,
		func(ctx context.Context, s *lifecycle.Sandbox, _ []string) error { return s.Up(ctx, stack) })
	add("preview [-- flags of pulumi preview]", "Show what up would change", true,
		func(ctx context.Context, s *lifecycle.Sandbox, args []string) error {
			return s.Preview(ctx, stack, args...)
		})
	add("down", "Destroy a stack and stop its processes", true,
		func(ctx context.Context, s *lifecycle.Sandbox, _ []string) error { return s.Down(ctx, stack) })
	add("reset", "Remove every stack by force; the tools stay", false,
		func(ctx context.Context, s *lifecycle.Sandbox, _ []string) error { return s.Reset(ctx) })
	add("tools", "Build what the sandbox runs", false,
		func(ctx context.Context, s *lifecycle.Sandbox, _ []string) error { return s.Tools(ctx) })
	add("images", "Build the images of the apps, and name them in the stacks' files", false,
		func(ctx context.Context, s *lifecycle.Sandbox, _ []string) error { return s.Release(ctx) })
	add("pulumi -- [arguments of pulumi]", "Run plain pulumi on the sandbox, as env.sh's pulumi does", false,
		func(ctx context.Context, s *lifecycle.Sandbox, args []string) error { return s.Pulumi(ctx, args) })
	add("gcloud -- [arguments of gcloud]", "Run one of the runbooks' gcloud commands on the emulated cloud, as env.sh's gcloud does", false,
		func(ctx context.Context, s *lifecycle.Sandbox, args []string) error {
			return gcloud.Run(ctx, s.Home, s.Out, args)
		})
	return all
}
