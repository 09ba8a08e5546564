package image

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Built reads the digests that the last Build wrote to out/images.json; none
// when there was no build.
func Built(root string) (map[string]string, error) {
	path := filepath.Join(root, "out", "images.json")
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the digests of the images: %w", err)
	}
	var digests map[string]string
	if err := json.Unmarshal(text, &digests); err != nil {
		return nil, fmt.Errorf("%s does not map apps to digests; delete it and run make images: %w", path, err)
	}
	return digests, nil
}
