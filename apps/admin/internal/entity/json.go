package entity

import (
	"encoding/json"
	"strconv"
	"strings"
)

// FromJSON reads a value of the API. Of the wrong type, it is refused.
func (f *Field) FromJSON(value any) (text, problem string) {
	switch v := value.(type) {
	case nil:
		return "", ""
	case string:
		if f.Kind.numeric() || f.Kind == Flag || f.Kind == Set {
			break
		}
		return f.Normal(v), ""
	case bool:
		if f.Kind == Flag {
			return strconv.FormatBool(v), ""
		}
	case json.Number:
		if f.Kind.numeric() {
			return v.String(), ""
		}
	case []any:
		if f.Kind != Set {
			break
		}
		all := make([]string, 0, len(v))
		for _, each := range v {
			s, ok := each.(string)
			if !ok {
				return "", "deve ser uma lista de textos"
			}
			all = append(all, s)
		}
		return f.fromForm(all, nil), ""
	}
	return "", "deve ser " + map[string]string{"string": "um texto", "integer": "um número inteiro", "boolean": "true ou false", "array": "uma lista de textos"}[f.jsonType()]
}

// ToJSON writes a value for the API.
func (f *Field) ToJSON(value string) any {
	switch {
	case f.Kind == Set:
		if value == "" {
			return []string{}
		}
		return strings.Split(value, ",")
	case value == "" && f.Null:
		return nil
	case f.Kind.numeric():
		n, err := strconv.Atoi(value)
		if err != nil {
			return nil
		}
		return n
	case f.Kind == Flag:
		return value == "true"
	default:
		return value
	}
}

func (f *Field) jsonType() string {
	switch f.Kind {
	case Count, Money:
		return "integer"
	case Flag:
		return "boolean"
	case Set:
		return "array"
	default:
		return "string"
	}
}

// Schema describes the field as JSON Schema does.
func (f *Field) Schema() map[string]any {
	s := map[string]any{"type": f.jsonType(), "title": f.Label}
	if f.Help != "" {
		s["description"] = f.Help
	}
	if f.Null {
		s["type"] = []string{f.jsonType(), "null"}
	}
	if format := map[Kind]string{Email: "email", Date: "date", Moment: "date-time"}[f.Kind]; format != "" {
		s["format"] = format
	}
	if f.Kind == Reference && f.Link.Key.Type == "uuid" {
		s["format"] = "uuid"
	}
	var allowed []string
	for _, c := range f.Choices {
		allowed = append(allowed, c.Value)
	}
	switch {
	case f.Kind == Set:
		s["items"] = map[string]any{"type": "string", "enum": allowed}
	case len(allowed) > 0:
		s["enum"] = allowed
	case f.Kind.numeric():
		s["minimum"] = f.Min
		if f.Max > 0 {
			s["maximum"] = f.Max
		}
	case f.jsonType() == "string":
		s["maxLength"] = f.longest()
	}
	if f.ReadOnly {
		s["readOnly"] = true
	}
	return s
}
