package chart

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/avila-devops/saas/sandbox/home"
)

// CheckValues says what the chart would not take of the values: all that its
// schema refuses, or, where the chart has none, keys that it does not know.
func (c Chart) CheckValues(h home.Home, values map[string]any) error {
	if _, _, err := c.Defined(values, false); err != nil {
		return err
	}
	if c.Schema == "" {
		return c.checkKeys(values)
	}
	path := c.path(h, schemaFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return c.missing(err)
	}
	schema, err := jsonschema.CompileString(schemaFile, string(text))
	if err != nil {
		return fmt.Errorf("read the schema %s: %w", path, err)
	}
	if values == nil {
		values = map[string]any{}
	}
	// The validator knows what encoding/json makes of a document.
	var document any
	if text, err = json.Marshal(values); err == nil {
		err = json.Unmarshal(text, &document)
	}
	if err != nil {
		return fmt.Errorf("values of %s: %w", c.Name, err)
	}
	var invalid *jsonschema.ValidationError
	if err := schema.Validate(document); errors.As(err, &invalid) {
		return errors.Join(leaves(c, invalid)...)
	} else if err != nil {
		return fmt.Errorf("values of %s: %w", c.Name, err)
	}
	return nil
}

func (c Chart) checkKeys(values map[string]any) error {
	var errs []error
	for key := range values {
		if !slices.Contains(c.Keys, key) {
			errs = append(errs, fmt.Errorf("values.%s: the chart %s %s has no such value; it has %s", key, c.Name, c.Version, strings.Join(c.Keys, ", ")))
		}
	}
	return errors.Join(errs...)
}

// leaves are the single faults: the rest of the tree says that they are there.
func leaves(c Chart, e *jsonschema.ValidationError) []error {
	if len(e.Causes) == 0 {
		at := strings.ReplaceAll(e.InstanceLocation, "/", ".")
		return []error{fmt.Errorf("values%s: the chart %s %s refuses it: %s", at, c.Name, c.Version, e.Message)}
	}
	var errs []error
	for _, cause := range e.Causes {
		errs = append(errs, leaves(c, cause)...)
	}
	return errs
}
