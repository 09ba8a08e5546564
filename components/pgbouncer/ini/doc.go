// Package ini writes the configuration of PgBouncer: a pool to the primary and
// one to the nearest replica, in transaction mode, TLS on both sides, and
// sizes of which the sum fits what the database allows. It is plain Go: the
// tests give the text to a real PgBouncer.
//
// It knows nothing of Kubernetes or of Pulumi, nor how many poolers an
// environment runs: that is the budget of stacks/spec, told here as numbers.
package ini
