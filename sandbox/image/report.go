package image

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/avila-devops/saas/sandbox/atomicfile"
)

// Digests maps each app's name to its digest, as [Write] and out/images.json
// have them.
func Digests(images []Image) map[string]string {
	digests := map[string]string{}
	for _, image := range images {
		digests[image.Name] = image.Digest
	}
	return digests
}

// Summary is a table of the images for people.
func Summary(images []Image) string {
	var out strings.Builder
	table := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	for _, image := range images {
		state := "unchanged"
		if image.Took > 0 {
			state = "built in " + image.Took.Round(100*time.Millisecond).String()
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", image.Name, image.Digest, megabytes(image.Size), state)
	}
	_ = table.Flush() // a strings.Builder takes everything
	return out.String()
}

// writeDigests writes the digests, sorted by name, and leaves a file that says
// the same alone.
func writeDigests(path string, images []Image) error {
	text, err := json.MarshalIndent(Digests(images), "", "  ")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	text = append(text, '\n')
	old, err := os.ReadFile(path)
	if err == nil && bytes.Equal(old, text) {
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read %s: %w", path, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return atomicfile.Write(path, text, 0o644)
}
