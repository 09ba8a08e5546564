package main

import (
	"flag"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

func help(out io.Writer) {
	fmt.Fprint(out, "tenantctl makes, migrates, checks, suspends, exports and erases tenants.\n\nCommands:\n")
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	for _, c := range commands {
		fmt.Fprintf(w, "  %s\t%s\n", strings.TrimSpace(c.name+" "+c.arguments), c.help)
	}
	_ = w.Flush() // as with every printing for people
	fmt.Fprint(out, `
tenantctl <command> -h shows a command's flags. Results go to standard output,
as JSON with -json; progress goes to standard error.

The database is reached as the environment says:
  DATABASE_WRITE          host:port
  DATABASE_NAME           avila unless set
  DATABASE_LOGIN          provisioner unless set; app for verify
  DATABASE_PASSWORD_FILE  a file that holds the login's password
  DATABASE_TLS            verify-full unless set; verify-ca; off on loopback alone
  DATABASE_CA_FILE, DATABASE_CERT_FILE, DATABASE_KEY_FILE
  DATABASE_SCHEMA         the shared schema: prod unless set; staging; dev

Exit codes: 0 done; 1 failed, what was done is said; 2 the command or the
environment cannot be used, nothing was done; 3 verify found something.
`)
}

func (c command) usage(out io.Writer, set *flag.FlagSet) {
	fmt.Fprintf(out, "tenantctl %s\n\n%s\n\nFlags:\n", strings.TrimSpace(c.name+" [flags] "+c.arguments), c.help)
	set.SetOutput(out)
	set.PrintDefaults()
	set.SetOutput(io.Discard)
}
