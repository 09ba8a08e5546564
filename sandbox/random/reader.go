package random

import (
	"fmt"
	"math"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// reader takes typed values out of the inputs and collects what is wrong.
type reader struct {
	inputs   resource.PropertyMap
	read     map[resource.PropertyKey]bool
	unknown  bool // a value is not known yet
	failures []plugin.CheckFailure
}

func (v *reader) fail(key resource.PropertyKey, reason string) {
	v.failures = append(v.failures, plugin.CheckFailure{Property: key, Reason: reason})
}

// value returns the input, or false when it is absent or not known yet.
func (v *reader) value(key resource.PropertyKey) (resource.PropertyValue, bool) {
	v.read[key] = true
	value, ok := v.inputs[key]
	for value.IsSecret() {
		value = value.SecretValue().Element
	}
	if value.ContainsUnknowns() {
		v.unknown = true
		return value, false
	}
	return value, ok && !value.IsNull()
}

func (v *reader) integer(key resource.PropertyKey, absent int) int {
	value, ok := v.value(key)
	if !ok {
		return absent
	}
	if !value.IsNumber() || value.NumberValue() != math.Trunc(value.NumberValue()) {
		v.fail(key, fmt.Sprintf("%v is not a whole number", value.V))
		return absent
	}
	return int(value.NumberValue())
}

func (v *reader) boolean(key resource.PropertyKey, absent bool) bool {
	value, ok := v.value(key)
	if !ok {
		return absent
	}
	if !value.IsBool() {
		v.fail(key, fmt.Sprintf("%v is neither true nor false", value.V))
		return absent
	}
	return value.BoolValue()
}

func (v *reader) text(key resource.PropertyKey) string {
	value, ok := v.value(key)
	if !ok {
		return ""
	}
	if !value.IsString() {
		v.fail(key, fmt.Sprintf("%v is not text", value.V))
		return ""
	}
	return value.StringValue()
}

// refuseOthers refuses every input that nobody asked for.
func (v *reader) refuseOthers() {
	for _, key := range v.inputs.StableKeys() {
		if !v.read[key] {
			v.fail(key, "a password has no such input")
		}
	}
}
