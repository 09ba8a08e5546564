// Command generate writes the catalogue of gcp resource types from the Go
// source of the pinned pulumi-gcp SDK, which it finds in the module cache and
// only parses: nothing of the SDK is compiled.
package main

import (
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// run replaces the entries under a directory, which is package catalog's.
func run(dir string) error {
	sdk, err := findSDK()
	if err != nil {
		return err
	}
	entries, err := generate(sdk)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(filepath.Join(dir, "types")); err != nil {
		return fmt.Errorf("remove the old entries: %w", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "types"), 0o755); err != nil {
		return fmt.Errorf("make room for the entries: %w", err)
	}
	for name, text := range entries {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return fmt.Errorf("write an entry: %w", err)
		}
	}
	return nil
}
