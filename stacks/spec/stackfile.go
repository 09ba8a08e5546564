package spec

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"
)

// ReadStackFile reads Pulumi.<stack>.yaml of the repository at root as the
// engine would hand it to the program.
func ReadStackFile(root, stack string) (Source, error) {
	path := filepath.Join(root, "Pulumi."+stack+".yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		return Source{}, fmt.Errorf("read the stack's configuration: %w; a stack is a file Pulumi.<stack>.yaml", err)
	}
	source, err := ParseStackFile(stack, text)
	if err != nil {
		return Source{}, fmt.Errorf("%s: %w", path, err)
	}
	return source, nil
}

// ParseStackFile reads the text of a stack file: scalars stay text, the rest
// becomes JSON.
func ParseStackFile(stack string, text []byte) (Source, error) {
	var file struct {
		Config map[string]any `yaml:"config"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return Source{}, err
	}
	source := Source{Stack: stack, Values: map[string]string{}}
	for key, value := range file.Config {
		switch v := value.(type) {
		case string:
			source.Values[key] = v
		case bool, int:
			source.Values[key] = fmt.Sprint(v)
		default:
			asJSON, err := json.Marshal(v)
			if err != nil {
				return Source{}, fmt.Errorf("%s: %w", key, err)
			}
			source.Values[key] = string(asJSON)
		}
	}
	return source, nil
}
