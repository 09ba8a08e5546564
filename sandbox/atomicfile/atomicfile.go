// Package atomicfile replaces files in one step: a reader, or whoever comes
// after an interruption, finds the old content or the new, never a part. It
// does not wait for the disk: what a sandbox keeps can be made again, and a
// crash of the machine ends the sandbox's processes anyway.
package atomicfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Write puts the content in place, and makes the directories on the way.
func Write(path string, content []byte, mode fs.FileMode) error {
	return WriteFrom(path, bytes.NewReader(content), mode, nil)
}

// WriteFrom is [Write] from a reader. sound is asked when all was read, before
// the file appears; nil accepts everything.
func WriteFrom(path string, content io.Reader, mode fs.FileMode, sound func() error) (err error) {
	defer func() {
		if err != nil {
			err = explain(path, err)
		}
	}()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	fresh, err := os.CreateTemp(filepath.Dir(path), ".writing-*")
	if err != nil {
		return err
	}
	defer os.Remove(fresh.Name()) //nolint:errcheck // gone after the rename
	_, err = io.Copy(fresh, content)
	if err == nil && sound != nil {
		err = sound()
	}
	if err := errors.Join(err, fresh.Chmod(mode), fresh.Close()); err != nil {
		return err
	}
	return os.Rename(fresh.Name(), path)
}

// explain adds the remedy for what a machine lacks.
func explain(path string, err error) error {
	remedy := "give this user the right to write there"
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) {
		remedy = "free some space on the disk"
	}
	return fmt.Errorf("write %s: %w: the file is as it was; %s, and run again", path, err, remedy)
}
