package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
)

// tagKey names a field's key in the stack configuration; tagDoc describes it,
// and is what Pulumi.yaml says of it.
const (
	tagKey     = "config"
	tagDoc     = "doc"
	tagDefault = "default" // JSON; what Pulumi.yaml supplies when a stack leaves the key out
)

// field is one configurable field of a struct.
type field struct {
	key   string
	doc   string
	dflt  string
	index int
	typ   reflect.Type
}

// fields lists the configurable fields of a struct type, in declared order.
func fields(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		if key := f.Tag.Get(tagKey); key != "" {
			out = append(out, field{key: key, doc: f.Tag.Get(tagDoc), dflt: f.Tag.Get(tagDefault), index: i, typ: f.Type})
		}
	}
	return out
}

// decodeJSON reads raw into target. The engine hands objects and lists to a
// program as JSON, and scalars as bare text.
func decodeJSON(ps *problems, path, raw string, target reflect.Value) {
	if kind := target.Kind(); kind == reflect.String {
		target.SetString(raw)
		return
	}
	dec := json.NewDecoder(bytes.NewReader([]byte(raw)))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil {
		ps.add(ErrType, path, raw, "is not "+describe(target.Type()), "see the key's type in Pulumi.yaml")
		return
	}
	decodeValue(ps, path, value, target)
}

// decodeValue copies a decoded JSON value into target, and reports each key
// that target does not have and each value of another type.
func decodeValue(ps *problems, path string, value any, target reflect.Value) {
	mismatch := func() {
		ps.add(ErrType, path, fmt.Sprint(value), "is not "+describe(target.Type()), "see the key's type in Pulumi.yaml")
	}
	switch target.Kind() {
	case reflect.Pointer:
		elem := reflect.New(target.Type().Elem())
		decodeValue(ps, path, value, elem.Elem())
		target.Set(elem)
	case reflect.String:
		if text, ok := value.(string); ok {
			target.SetString(text)
			return
		}
		mismatch()
	case reflect.Bool:
		if b, ok := value.(bool); ok {
			target.SetBool(b)
			return
		}
		mismatch()
	case reflect.Int:
		if n, ok := value.(json.Number); ok {
			if i, err := n.Int64(); err == nil && i >= math.MinInt32 && i <= math.MaxInt32 {
				target.SetInt(i)
				return
			}
		}
		mismatch()
	case reflect.Slice:
		list, ok := value.([]any)
		if !ok {
			mismatch()
			return
		}
		target.Set(reflect.MakeSlice(target.Type(), len(list), len(list)))
		for i, item := range list {
			decodeValue(ps, fmt.Sprintf("%s[%d]", path, i), item, target.Index(i))
		}
	case reflect.Map:
		object, ok := value.(map[string]any)
		if !ok {
			mismatch()
			return
		}
		target.Set(reflect.MakeMap(target.Type()))
		for _, key := range sortedKeys(object) {
			elem := reflect.New(target.Type().Elem()).Elem()
			decodeValue(ps, path+"."+key, object[key], elem)
			target.SetMapIndex(reflect.ValueOf(key), elem)
		}
	case reflect.Struct:
		object, ok := value.(map[string]any)
		if !ok {
			mismatch()
			return
		}
		decodeStruct(ps, path, object, target)
	default:
		panic("spec: no decoding for " + target.Type().String())
	}
}

func decodeStruct(ps *problems, path string, object map[string]any, target reflect.Value) {
	known := fields(target.Type())
	for _, key := range sortedKeys(object) {
		i := slices.IndexFunc(known, func(f field) bool { return f.key == key })
		if i < 0 {
			unknownKey(ps, path+"."+key, known)
			continue
		}
		decodeValue(ps, path+"."+key, object[key], target.Field(known[i].index))
	}
}

// unknownKey reports a key that nothing reads, which is most often a
// misspelled one.
func unknownKey(ps *problems, path string, known []field) {
	names := make([]string, len(known))
	for i, f := range known {
		names[i] = f.key
	}
	ps.add(ErrUnknownKey, path, "", "is not a key that this program reads", "use one of "+strings.Join(names, ", "))
}

func sortedKeys[K ~string, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

// describe names a type in the words of Pulumi.yaml.
func describe(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Pointer:
		return describe(t.Elem())
	case reflect.Bool:
		return "a boolean"
	case reflect.Int:
		return "an integer"
	case reflect.Slice:
		return "an array"
	case reflect.Map, reflect.Struct:
		return "an object"
	default:
		return "a string"
	}
}
