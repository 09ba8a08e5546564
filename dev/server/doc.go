// Package server says how each server of the SaaS runs on this machine:
// PostgreSQL, PgBouncer, Redis, nginx and Prometheus, on loopback, with their
// files in one directory. What nginx and PgBouncer are told comes from the
// packages that write it for the clusters.
//
// The services themselves are package app's; starting and stopping is
// process's.
package server
