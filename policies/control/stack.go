package control

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// A StackControl is a control that one resource cannot break or keep by
// itself: it is judged over all resources of a stack.
type StackControl struct {
	ID     string
	Title  string
	Source string
	Remedy string
	// Judge returns what is wrong with the stack. A value that a preview does
	// not know yet counts as the one that is wanted: the update judges it.
	Judge func(Stack) []StackFinding
}

// A StackFinding is a finding at one resource, or at none when what is missing
// is a resource.
type StackFinding struct {
	URN string
	Finding
}

// Message tells a reader what to change.
func (c StackControl) Message(f StackFinding) string {
	return fmt.Sprintf("%s (%s): %s %s; %s", c.ID, c.Source, f.Property, f.Fault, c.Remedy)
}

// Stack is every resource of a stack.
type Stack []Resource

// Resource is one resource as a stack control sees it.
type Resource struct {
	URN, Type, Name string
	Properties      property.Map
	Dependencies    []string // URNs of what its inputs came from
}

// Of lists the resources of a type.
func (s Stack) Of(typ string) []Resource {
	var found []Resource
	for _, r := range s {
		if r.Type == typ {
			found = append(found, r)
		}
	}
	return found
}

// Finding is a finding at the resource.
func (r Resource) Finding(path, fault string) StackFinding {
	return StackFinding{URN: r.URN, Finding: Finding{Property: r.Name + ": " + path, Fault: fault}}
}

// Missing is a finding that a resource which ought to be there is not.
func Missing(what string) StackFinding {
	return StackFinding{Finding: Finding{Property: "the stack", Fault: "has no " + what}}
}

// Text is the string at a path, which may be not known yet.
func Text(m property.Map, path ...string) (text string, known bool) {
	value := At(m, path...)
	switch {
	case value.IsComputed():
		return "", false
	case value.IsString():
		return value.AsString(), true
	}
	return "", true
}

// List is the elements at a path; one that is not known yet has none.
func List(m property.Map, path ...string) []property.Value {
	value := At(m, path...)
	if !value.IsArray() {
		return nil
	}
	return value.AsArray().AsSlice()
}
