package toolchain

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/avila-devops/saas/sandbox/home"
)

// Borrow lets a sandbox use the tools that another one built.
func Borrow(from, to home.Home) error {
	for _, tool := range Tools {
		path := filepath.Join(from.Bin(), tool.Name)
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("%s is missing; run make tools: %w", path, err)
		}
		if err := replaceLink(path, filepath.Join(to.Bin(), tool.Name)); err != nil {
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
	return nil
}
