// Package gcp stands in for the official pulumi-gcp provider, v7.38.0, as far
// as the program of this repository uses it: it checks inputs, names, plans
// and keeps resources as the provider does, and refuses what Google refuses.
//
// What the SDK says of a type comes from package catalog, and where resources
// are kept is package cloud. Here is what neither knows: for each type a rule
// (what replaces it, how it is named, what it needs, what holds it in use,
// what the cloud adds), one file for each service. A type without a rule is
// refused by name.
//
// Texts of refusals follow Google's and the provider's where they are known,
// and end in a remedy.
package gcp
