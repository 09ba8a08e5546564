package server

import "regexp"

// Chatter is what each server says every day, and nobody needs to read: of its
// start and stop, and of probes that connect and say nothing.
var Chatter = map[string]*regexp.Regexp{
	"postgres":  regexp.MustCompile(`^(LOG|HINT):  |^FATAL:  the database system is |^FATAL:  terminating |already exists$|^STATEMENT:  create role `),
	"pgbouncer": regexp.MustCompile(` LOG |libevent`),
	"redis": regexp.MustCompile(`oO0OoO0|Redis version=|Configuration loaded|Server initialized|vm.overcommit_memory|unexpected eof while reading|` +
		`Received SIG\w+ scheduling|User requested shutdown|Redis is now ready to exit`),
	"nginx":      regexp.MustCompile(`\[notice\]`),
	"prometheus": regexp.MustCompile(`level=info`),
}
