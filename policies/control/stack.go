package control

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// A Stack is a control that takes the whole graph to judge.
type Stack struct {
	ID     string // as [Control]'s
	Title  string
	Source string
	Remedy string
	Judge  func(resources []Resource) []Fault
}

// A Resource is one of the stack's.
type Resource struct {
	Type       string
	URN        string
	Properties property.Map
}

// A Fault is a resource that breaks a control, and how.
type Fault struct {
	URN  string
	What string
}

// Message tells a reader what to change.
func (s Stack) Message(f Fault) string {
	return fmt.Sprintf("%s (%s): %s; %s", s.ID, s.Source, f.What, s.Remedy)
}
