package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/avila-devops/saas/sandbox/atomicfile"
)

// Overlay is what a sandbox changes in a stack's configuration. The files of
// the repository stay as they are.
type Overlay struct {
	// Digests of the images that were built here, by service. They take the
	// place of the ones that the stack's file names, which no sandbox holds.
	Digests map[string]string
	// Unprotect turns deletion protection off: the first of the two steps by
	// which an environment is torn down.
	Unprotect bool
}

// engineKeys are what the engine itself writes into a stack's file.
var engineKeys = []string{"secretsprovider", "encryptedkey", "encryptionsalt"}

// Prepare writes the copy of the project that the sandbox runs: the program
// stays in the repository, and the stack's file is completed.
func (e *Engine) Prepare(stack string, overlay Overlay) error {
	project, err := readYAML(filepath.Join(e.Root, "Pulumi.yaml"))
	if err != nil {
		return err
	}
	main, _ := project["main"].(string)
	if !filepath.IsAbs(main) {
		main = filepath.Join(e.Root, main)
	}
	project["main"] = main
	if err := e.writeCopy("Pulumi.yaml", project); err != nil {
		return err
	}
	file := "Pulumi." + stack + ".yaml"
	settings, err := readYAML(filepath.Join(e.Root, file))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("stack %q has no file %s; the stacks are those with one: %v", stack, file, e.Stacks())
	}
	if err != nil {
		return err
	}
	config, ok := settings["config"].(map[string]any)
	if !ok {
		return fmt.Errorf("%s: config is missing; it maps each configuration key to its value", file)
	}
	if overlay.Unprotect {
		config["saas:deletionProtection"] = false
	}
	overlayDigests(config, overlay.Digests)
	was, err := readYAML(filepath.Join(e.Home.Project(), file))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	for _, key := range engineKeys {
		if value, ok := was[key]; ok {
			settings[key] = value
		}
	}
	return e.writeCopy(file, settings)
}

// overlayDigests names the built image of each service that the stack names an
// image of. A service without one keeps what the file says, and fails loudly.
func overlayDigests(config map[string]any, digests map[string]string) {
	images, ok := config["saas:images"].(map[string]any)
	if !ok {
		return // the program reports what is wrong with the key
	}
	for service := range images {
		if digest, built := digests[service]; built {
			images[service] = digest
		}
	}
}

// Config reads a key of the stack's configuration from the copy. A value that
// is no text is written as JSON, as the engine hands it to programs.
func (e *Engine) Config(stack, key string) (string, error) {
	settings, err := readYAML(filepath.Join(e.Home.Project(), "Pulumi."+stack+".yaml"))
	if err != nil {
		return "", err
	}
	config, _ := settings["config"].(map[string]any)
	if text, ok := config[key].(string); ok {
		return text, nil
	}
	text, err := json.Marshal(config[key])
	if err != nil {
		return "", fmt.Errorf("stack %s: %s: %w", stack, key, err)
	}
	return string(text), nil
}

// Deployed lists the services of which the repository's file of a stack names an
// image. Other images, of tools that run by hand, are no part of a stack.
func (e *Engine) Deployed(stack string) ([]string, error) {
	settings, err := readYAML(filepath.Join(e.Root, "Pulumi."+stack+".yaml"))
	if err != nil {
		return nil, err
	}
	config, _ := settings["config"].(map[string]any)
	images, _ := config["saas:images"].(map[string]any)
	return slices.Sorted(maps.Keys(images)), nil
}

// Stacks lists the stacks that the repository has a file for.
func (e *Engine) Stacks() []string {
	files, err := filepath.Glob(filepath.Join(e.Root, "Pulumi.*.yaml"))
	if err != nil {
		return nil // the pattern is a constant
	}
	var stacks []string
	for _, file := range files {
		name := filepath.Base(file)
		stacks = append(stacks, name[len("Pulumi."):len(name)-len(".yaml")])
	}
	return stacks
}

func readYAML(path string) (map[string]any, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the project: %w", err)
	}
	values := map[string]any{}
	if err := yaml.Unmarshal(text, &values); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return values, nil
}

func (e *Engine) writeCopy(name string, values map[string]any) error {
	text, err := yaml.Marshal(values)
	if err != nil {
		return fmt.Errorf("encode %s: %w", name, err)
	}
	const header = "# Written by the sandbox from the repository's file of the same name.\n"
	return atomicfile.Write(filepath.Join(e.Home.Project(), name), append([]byte(header), text...), 0o600)
}
