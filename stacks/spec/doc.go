// Package spec says what an environment is: regions, address plan, clusters,
// database, cache, services, tenants. It turns the configuration of a stack
// into one [Environment], in three steps that [Load] runs in order: strict
// decode, defaults, validation. Every problem is reported, not only the first.
//
// It decides everything that needs no cloud to decide, and imports nothing of
// Pulumi: package stacks turns an Environment into resources.
package spec
