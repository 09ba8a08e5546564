// Package process runs programs that end with this one: each in a group of its
// own, so that a Ctrl-C in the terminal reaches only their supervisor, and each
// told by the kernel when the supervisor dies. What a crash left is found by
// the records that it keeps, and ended.
//
// It knows nothing of what the programs do; those are in server and app.
package process
