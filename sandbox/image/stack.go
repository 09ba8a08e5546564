package image

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/avila-devops/saas/sandbox/atomicfile"
)

// imagesKey is the configuration key that names each service's digest.
const imagesKey = "saas:images"

// Write sets the digests in a stack's configuration file and leaves all else
// as it is: comments, order, quotes and spacing, and the images of services
// that digests does not name. A file that says so already is not touched.
func Write(stackFile string, digests map[string]string) error {
	for name, digest := range digests {
		if anyDigest.FindString(digest) != digest || digest == "" {
			return fmt.Errorf("image of %s: %q is not a digest; it must be sha256: and 64 hexadecimal digits", name, digest)
		}
	}
	path, err := filepath.EvalSymlinks(stackFile)
	if err != nil {
		return fmt.Errorf("write the digests: %w", err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("write the digests: %w", err)
	}
	after, err := edit(string(before), digests)
	if err != nil {
		return fmt.Errorf("%s: %w", stackFile, err)
	}
	if after == string(before) {
		return nil
	}
	return atomicfile.Write(path, []byte(after), 0o644)
}

// edit changes the text of a stack's configuration, and then makes sure that
// nothing but the digests has changed in what it means.
func edit(text string, digests map[string]string) (string, error) {
	e, err := parse(text)
	if err != nil {
		return "", err
	}
	for _, name := range slices.Sorted(maps.Keys(digests)) {
		if err := e.set(name, digests[name]); err != nil {
			return "", err
		}
	}
	wanted := meaning{}
	if err := yaml.Unmarshal([]byte(text), &wanted); err != nil {
		return "", fmt.Errorf("is not YAML: %w", err)
	}
	wanted.setImages(digests)
	got := meaning{}
	if err := yaml.Unmarshal([]byte(e.text()), &got); err != nil || !reflect.DeepEqual(got, wanted) {
		return "", errors.Join(fmt.Errorf("has a form in which %s cannot be set; write it as a block, one service a line", imagesKey), err)
	}
	return e.text(), nil
}

// meaning is a configuration as YAML decodes it.
type meaning map[string]any

func (m meaning) setImages(digests map[string]string) {
	config, ok := m["config"].(meaning)
	if !ok {
		config = meaning{}
		m["config"] = config
	}
	images, ok := config[imagesKey].(meaning)
	if !ok {
		images = meaning{}
		config[imagesKey] = images
	}
	for name, digest := range digests {
		images[name] = digest
	}
}

// edited is a file as lines, which are changed where the parser says that a
// value stands.
type edited struct {
	lines  []string
	ending string // what follows each line
}

func parse(text string) (*edited, error) {
	ending := "\n"
	if strings.Contains(text, "\r\n") {
		ending = "\r\n"
	}
	e := &edited{lines: strings.Split(strings.TrimSuffix(text, ending), ending), ending: ending}
	if text == "" {
		e.lines = nil
	}
	_, err := e.root()
	return e, err
}

func (e *edited) text() string { return strings.Join(e.lines, e.ending) + e.ending }

// root parses the lines as they stand now.
func (e *edited) root() (*yaml.Node, error) {
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(e.text()), &document); err != nil {
		return nil, fmt.Errorf("is not YAML: %w", err)
	}
	if len(document.Content) == 0 {
		return &yaml.Node{Kind: yaml.MappingNode}, nil
	}
	if root := document.Content[0]; root.Kind == yaml.MappingNode {
		return root, nil
	}
	return nil, errors.New("is not a mapping; a stack's configuration has config: at its top")
}
