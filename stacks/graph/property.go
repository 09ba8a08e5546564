package graph

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Get returns the input at a path of names joined by dots; a number selects an
// item of a list. Marks of secrets and outputs are taken off. What is not there
// is null.
func (r Resource) Get(path string) resource.PropertyValue {
	value := resource.NewProperty(r.Inputs)
	for name := range strings.SplitSeq(path, ".") {
		value = step(bare(value), name)
	}
	return bare(value)
}

// Text is the input at a path when it is text, or empty.
func (r Resource) Text(path string) string {
	if v := r.Get(path); v.IsString() {
		return v.StringValue()
	}
	return ""
}

// Number is the input at a path when it is a number, or zero.
func (r Resource) Number(path string) float64 {
	if v := r.Get(path); v.IsNumber() {
		return v.NumberValue()
	}
	return 0
}

func step(value resource.PropertyValue, name string) resource.PropertyValue {
	if value.IsObject() {
		return value.ObjectValue()[resource.PropertyKey(name)]
	}
	if value.IsArray() {
		index := 0
		for _, digit := range name {
			if digit < '0' || digit > '9' {
				return resource.PropertyValue{}
			}
			index = index*10 + int(digit-'0')
		}
		if index < len(value.ArrayValue()) {
			return value.ArrayValue()[index]
		}
	}
	return resource.PropertyValue{}
}

func bare(value resource.PropertyValue) resource.PropertyValue {
	for {
		switch {
		case value.IsSecret():
			value = value.SecretValue().Element
		case value.IsOutput():
			value = value.OutputValue().Element
		case value.IsComputed():
			return resource.PropertyValue{}
		default:
			return value
		}
	}
}
