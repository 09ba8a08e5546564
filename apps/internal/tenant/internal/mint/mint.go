// Package mint holds the constructor of tenant.ID, where only the folders under
// tenant can import it.
package mint

// ID makes a tenant.ID; package tenant sets it.
var ID func(value string) any
