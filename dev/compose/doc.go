// Package compose writes compose.yaml, and the files that its containers
// mount, for those who run the SaaS in Docker rather than with make dev. What
// the servers are told comes from the same functions; images and versions
// stand in one table here.
//
// It starts nothing: that is Docker's.
package compose
