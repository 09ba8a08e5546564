package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"runtime"

	"github.com/avila-devops/saas/apps/internal/provisioner"
)

// The logins, as the infrastructure names them.
const (
	ownerLogin = "provisioner"
	appLogin   = "app"
)

// options are what flags set.
type options struct {
	json bool

	host, plan                           string
	requests                             int
	adminName, adminEmail, adminPassword string
	spares                               int

	parallel int

	output, confirm, key string
	backupDays           int
}

func parallelFlag(set *flag.FlagSet, o *options) {
	set.IntVar(&o.parallel, "parallel", max(2, min(8, 2*runtime.NumCPU())), "how many schemas at a time")
}

// print prints a result: as JSON, or as text.
func (k *call) print(result any, format string, args ...any) error {
	if !k.json {
		fmt.Fprintf(k.out, format, args...)
		return nil
	}
	e := json.NewEncoder(k.out)
	e.SetIndent("", "  ")
	if err := e.Encode(result); err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	return nil
}

// progress tells of long work: each step of a short list, each hundredth of a
// long one.
func (k *call) progress(what string) provisioner.Progress {
	told := -1
	return func(done, total int, name string) {
		if share := done * 100 / max(1, total); share != told {
			told = share
			fmt.Fprintf(k.err, "%s %d of %d (%s)\n", what, done, total, name)
		}
	}
}
