package control

import "github.com/pulumi/pulumi/sdk/v3/go/property"

// A Resource is one resource of a stack, for controls that judge several
// together.
type Resource struct {
	URN, Type, Name string
	Properties      property.Map
	Dependencies    []string // URNs of what its inputs came from
}

// A StackFinding is a Finding of one of a stack's resources.
type StackFinding struct {
	URN string
	Finding
}
