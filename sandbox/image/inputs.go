package image

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// inputsOf returns a hash of all that decides what the images hold: every file
// of the apps but their tests, the compiler, ko, the base and the recipe. Equal
// inputs need no new build.
func inputsOf(ctx context.Context, apps, koVersion string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "env", "GOVERSION", "GOEXPERIMENT", "GOFIPS140")
	cmd.Dir, cmd.Env = apps, append(os.Environ(), "GOWORK=off")
	compiler, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("ask go for its version; is go on PATH: %w", err)
	}
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%s\n%s\n%q\n", koVersion, compiler, baseDigest(), arguments("", ""))
	err = filepath.WalkDir(apps, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		name, err := filepath.Rel(apps, path)
		if err != nil {
			return err
		}
		return addFile(sum, name, path, entry)
	})
	if err != nil {
		return "", fmt.Errorf("read the apps: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// addFile adds a name and the hash of what it holds, so that no two trees give
// the same bytes.
func addFile(to hash.Hash, name, path string, entry fs.DirEntry) error {
	if entry.Type()&fs.ModeSymlink != 0 {
		target, err := os.Readlink(path)
		fmt.Fprintf(to, "%q -> %q\n", name, target)
		return err
	}
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	content := sha256.New()
	if _, err := io.Copy(content, f); err != nil {
		return err
	}
	fmt.Fprintf(to, "%q %x\n", filepath.ToSlash(name), content.Sum(nil))
	return nil
}
