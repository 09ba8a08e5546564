package chart

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"

	"github.com/avila-devops/saas/sandbox/atomicfile"
	"github.com/avila-devops/saas/sandbox/home"
)

// What a chart has in its directory of the sandbox.
const (
	definitionFile = "definitions.json"
	schemaFile     = "values.schema.json"
)

func (c Chart) path(h home.Home, name string) string {
	return filepath.Join(h.Charts(), c.Name+"-"+c.Version, name)
}

func (c Chart) missing(err error) error {
	return fmt.Errorf("the chart %s %s is not in the sandbox: run make tools: %w", c.Name, c.Version, err)
}

// Definitions are the custom resource definitions that the chart brings.
func (c Chart) Definitions(h home.Home) ([]*unstructured.Unstructured, error) {
	text, err := os.ReadFile(c.path(h, definitionFile))
	if err != nil {
		return nil, c.missing(err)
	}
	var objects []map[string]any
	if err := json.Unmarshal(text, &objects); err != nil {
		return nil, fmt.Errorf("read %s: %w", c.path(h, definitionFile), err)
	}
	var all []*unstructured.Unstructured
	for _, object := range objects {
		all = append(all, &unstructured.Unstructured{Object: object})
	}
	return all, nil
}

// Bring copies what the sandbox needs of the chart from the directory of its
// module. Definitions are turned into JSON, which is read many times faster.
func (c Chart) Bring(h home.Home, module string) error {
	files, err := filepath.Glob(filepath.Join(module, c.Files))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("%s %s: no file in %s is %s: %w", c.Name, c.Version, module, c.Files, errors.Join(err, os.ErrNotExist))
	}
	var objects []json.RawMessage
	for _, file := range files {
		found, err := definitions(file)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		objects = append(objects, found...)
	}
	if len(objects) == 0 {
		return fmt.Errorf("%s %s: %s in %s hold no definition", c.Name, c.Version, c.Files, module)
	}
	text, err := json.Marshal(objects)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(c.path(h, definitionFile)), 0o755); err != nil {
		return fmt.Errorf("make room for the chart %s: %w", c.Name, err)
	}
	if c.Schema != "" {
		schema, err := os.ReadFile(filepath.Join(module, c.Schema))
		if err == nil {
			err = atomicfile.Write(c.path(h, schemaFile), schema, 0o644)
		}
		if err != nil {
			return fmt.Errorf("copy the values' schema of %s: %w", c.Name, err)
		}
	}
	return atomicfile.Write(c.path(h, definitionFile), text, 0o644)
}

// definitions reads the custom resource definitions of a file of YAML.
func definitions(path string) ([]json.RawMessage, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var all []json.RawMessage
	for documents := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(text))); ; {
		document, err := documents.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		object, err := yaml.YAMLToJSON(document)
		if err != nil {
			return nil, err
		}
		var kind struct {
			Kind string `json:"kind"`
		}
		if string(object) == "null" {
			continue
		}
		if err := json.Unmarshal(object, &kind); err != nil {
			return nil, err
		}
		if kind.Kind == "CustomResourceDefinition" {
			all = append(all, object)
		}
	}
}
