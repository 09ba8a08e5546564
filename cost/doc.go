// Package cost says what a stack costs a month: the resources that the program
// declares, times the list prices in prices.csv, plus what depends on use, by
// the assumptions in usage.yaml. A price that no public source gave is listed
// as unknown; none is guessed.
//
// It calls no cloud and knows no discounts. How the resources are recorded is
// in stacks/graph; the command is cost/cmd/cost.
package cost
