package cloud

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// write replaces a file in one step: a reader, or a run that was killed, finds
// the old content or the new, never a part.
func write(path string, content []byte, mode fs.FileMode) (err error) {
	defer func() {
		if err != nil {
			err = unwritable(path, err)
		}
	}()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".writing-*")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) //nolint:errcheck // gone after the rename
	_, err = temp.Write(content)
	if err == nil {
		err = temp.Chmod(mode)
	}
	if closing := temp.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return err
	}
	return os.Rename(temp.Name(), path)
}

func unwritable(path string, err error) error {
	remedy := "give this user the right to write there"
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) {
		remedy = "free some space on the disk"
	}
	return fmt.Errorf("write %s: %w: the file is as it was; %s, and run again", path, err, remedy)
}
