// Package repository holds the rules that the repository keeps about itself,
// as tests: which package may import which, and what every file must have. It
// has no code for other packages.
package repository
