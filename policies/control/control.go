// Package control is the shape of a control: what is demanded, who demands it,
// and how a resource is judged. The controls themselves stand in packages named
// for their area; plumbing to Pulumi is in package main.
package control

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// A Control is one thing that every environment must hold to.
type Control struct {
	ID     string   // name of the policy, as the engine prints it
	Title  string   // what is demanded, in one line
	Source string   // the catalogue's own id of it
	Remedy string   // what to write instead
	Types  []string // resource types that it judges; empty for those that Judges accepts
	// Judges accepts types that no list can name, such as any version of a
	// kind. Nil accepts Types alone.
	Judges func(typ string) bool
	// Judge returns what is wrong with a resource's properties, nothing when it
	// complies. Values that are not known yet are not judged: up judges them.
	Judge func(properties property.Map) []Finding
	// JudgeStack judges all resources of a stack together. A control has it or
	// Judge.
	JudgeStack func(resources []Resource) []StackFinding
}

// A Finding is one property that breaks a control.
type Finding struct {
	Property string // path, in the program's spelling
	Fault    string // its value, and what is wrong with it
}

// Covers reports whether the control judges resources of a type.
func (c Control) Covers(typ string) bool {
	for _, t := range c.Types {
		if t == typ {
			return true
		}
	}
	return c.Judges != nil && c.Judges(typ)
}

// Message tells a reader what to change.
func (c Control) Message(f Finding) string {
	return fmt.Sprintf("%s (%s): %s %s; %s", c.ID, c.Source, f.Property, f.Fault, c.Remedy)
}

// At follows a path of keys. It returns the null value where a key is absent or
// a value on the way is no object, and the computed value where the way is not
// known yet.
func At(m property.Map, path ...string) property.Value {
	value := property.New(m)
	for _, key := range path {
		if value.IsComputed() {
			return value
		}
		if !value.IsMap() {
			return property.Value{}
		}
		value = value.AsMap().Get(key)
	}
	return value
}

// MustBe demands a boolean, written down: an absent one leaves the choice to a
// default that this control does not know.
func MustBe(want bool, m property.Map, name string, path ...string) []Finding {
	value := At(m, path...)
	switch {
	case value.IsComputed():
		return nil
	case !value.IsBool():
		return []Finding{{Property: name, Fault: "is not set"}}
	case value.AsBool() != want:
		return []Finding{{Property: name, Fault: fmt.Sprintf("is %v", value.AsBool())}}
	}
	return nil
}
