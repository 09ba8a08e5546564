package settings

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Predicate is what a property must be, and how that reads.
type Predicate struct {
	Text  string
	holds func(resource.PropertyValue) bool
}

// is wants a text, a number or a boolean.
func is(want any) Predicate {
	value := resource.NewPropertyValue(want)
	return Predicate{fmt.Sprintf("`%v`", want), func(v resource.PropertyValue) bool { return v.DeepEquals(value) }}
}

// oneOf wants one of some texts.
func oneOf(wants ...string) Predicate {
	return Predicate{"one of `" + strings.Join(wants, "`, `") + "`", func(v resource.PropertyValue) bool {
		return v.IsString() && slices.Contains(wants, v.StringValue())
	}}
}

// set wants a value, whatever it is: most often what another resource says.
func set() Predicate {
	return Predicate{"set", func(v resource.PropertyValue) bool {
		return !v.IsNull() && (!v.IsString() || v.StringValue() != "") && (!v.IsArray() || len(v.ArrayValue()) > 0)
	}}
}

// matches wants a text that contains another.
func matches(part string) Predicate {
	return Predicate{"contains `" + part + "`", func(v resource.PropertyValue) bool {
		return v.IsString() && strings.Contains(v.StringValue(), part)
	}}
}

// atLeast bounds a number.
func atLeast(least float64) Predicate {
	return Predicate{fmt.Sprintf("at least %g", least), func(v resource.PropertyValue) bool { return v.IsNumber() && v.NumberValue() >= least }}
}

// seconds bounds a duration in Google's form, 7776000s.
func seconds(least, most int) Predicate {
	text := fmt.Sprintf("at most `%ds`", most)
	if least > 0 {
		text = fmt.Sprintf("`%ds` to `%ds`", least, most)
	}
	return Predicate{text, func(v resource.PropertyValue) bool {
		if !v.IsString() || !strings.HasSuffix(v.StringValue(), "s") {
			return false
		}
		n, err := strconv.ParseFloat(strings.TrimSuffix(v.StringValue(), "s"), 64)
		return err == nil && n >= float64(least) && n <= float64(most)
	}}
}

// exactly wants a list of texts, in any order.
func exactly(wants ...string) Predicate {
	return Predicate{"exactly `" + strings.Join(wants, "`, `") + "`", func(v resource.PropertyValue) bool {
		return slices.Equal(slices.Sorted(slices.Values(texts(v))), slices.Sorted(slices.Values(wants)))
	}}
}

// includes wants a list that holds some texts.
func includes(wants ...string) Predicate {
	return Predicate{"includes `" + strings.Join(wants, "`, `") + "`", func(v resource.PropertyValue) bool {
		have := texts(v)
		return !slices.ContainsFunc(wants, func(want string) bool { return !slices.Contains(have, want) })
	}}
}

// has wants a list with an object that has some properties.
func has(wants map[string]any) Predicate {
	var words []string
	for _, key := range slices.Sorted(maps.Keys(wants)) {
		words = append(words, fmt.Sprintf("%s `%v`", key, wants[key]))
	}
	return Predicate{"an entry with " + strings.Join(words, ", "), func(v resource.PropertyValue) bool {
		return v.IsArray() && slices.ContainsFunc(v.ArrayValue(), func(item resource.PropertyValue) bool {
			for key, want := range wants {
				if !item.IsObject() || !item.ObjectValue()[resource.PropertyKey(key)].DeepEquals(resource.NewPropertyValue(want)) {
					return false
				}
			}
			return true
		})
	}}
}

// flag wants a database flag.
func flag(name, value string) Predicate { return has(map[string]any{"name": name, "value": value}) }

func texts(v resource.PropertyValue) []string {
	var list []string
	if v.IsArray() {
		for _, item := range v.ArrayValue() {
			if item.IsString() {
				list = append(list, item.StringValue())
			}
		}
	}
	return list
}

// show prints a value that is not as it should be.
func show(v resource.PropertyValue) string {
	if v.IsNull() {
		return "not set"
	}
	return fmt.Sprint(v.Mappable())
}
