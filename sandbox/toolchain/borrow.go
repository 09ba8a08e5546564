package toolchain

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/avila-devops/saas/sandbox/home"
)

// Borrow lets a sandbox use the tools that another one built. It links the
// files themselves where it can: the engine looks for its language host beside
// the file that it is.
func Borrow(from, to home.Home) error {
	for _, tool := range Tools {
		path := filepath.Join(from.Bin(), tool.Name)
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("%s is missing; run make tools: %w", path, err)
		}
		own := filepath.Join(to.Bin(), tool.Name)
		if err := errors.Join(os.MkdirAll(to.Bin(), 0o755), removeFile(own)); err != nil {
			return fmt.Errorf("borrow %s: %w", tool.Name, err)
		}
		if os.Link(path, own) == nil {
			// The same file, so as good as built here.
		} else if err := replaceLink(path, own); err != nil {
			return err
		}
		stamp := filepath.Join(from.Stamps(), tool.Name)
		if _, err := os.Stat(stamp); errors.Is(err, fs.ErrNotExist) {
			continue // taken from the PATH
		}
		if err := replaceLink(stamp, filepath.Join(to.Stamps(), tool.Name)); err != nil {
			return err
		}
	}
	return borrowCharts(from, to)
}
