package image

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// put stores content under its digest. It appears whole or not at all, and
// replaces what may have been damaged.
func (s *store) put(digest string, content io.Reader) error {
	sum := sha256.New()
	err := writeFrom(s.blobs(strings.TrimPrefix(digest, "sha256:")), io.TeeReader(content, sum), func() error {
		if got := "sha256:" + hex.EncodeToString(sum.Sum(nil)); got != digest {
			return fmt.Errorf("the content of %s has the digest %s", digest, got)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store %s: %w", digest, err)
	}
	return nil
}

func (s *store) putBytes(digest string, content []byte) error {
	return s.put(digest, bytes.NewReader(content))
}

// check reads every part of an image and returns its size, or what is wrong.
func (s *store) check(digest v1.Hash) (int64, error) {
	text, err := os.ReadFile(s.blobs(digest.Hex))
	if err != nil {
		return 0, fmt.Errorf("read the manifest: %w", err)
	}
	if digestOf(text) != digest.String() {
		return 0, fmt.Errorf("manifest %s is damaged", digest)
	}
	var manifest v1.Manifest
	if err := json.Unmarshal(text, &manifest); err != nil {
		return 0, fmt.Errorf("read the manifest %s: %w", digest, err)
	}
	size := int64(len(text))
	for _, part := range append([]v1.Descriptor{manifest.Config}, manifest.Layers...) {
		if err := s.checkBlob(part.Digest); err != nil {
			return 0, err
		}
		size += part.Size
	}
	return size, nil
}

func (s *store) checkBlob(digest v1.Hash) error {
	f, err := os.Open(s.blobs(digest.Hex))
	if err != nil {
		return fmt.Errorf("read a part of an image: %w", err)
	}
	defer func() { _ = f.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return fmt.Errorf("read a part of an image: %w", err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != digest.Hex {
		return fmt.Errorf("blob %s is damaged", digest)
	}
	return nil
}

// keepBill stores an image's bill of materials beside the blobs.
func (s *store) keepBill(digest string, bill []byte) error {
	dir := filepath.Join(s.dir, "sbom")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the folder of the bills of materials: %w", err)
	}
	return writeFile(filepath.Join(dir, billName(digest)), bill)
}

func billName(digest string) string {
	return strings.Replace(digest, ":", "-", 1) + ".spdx.json"
}

// writeFile replaces a file in one step, so that a reader sees the old content
// or the new.
func writeFile(path string, content []byte) error {
	return writeFrom(path, bytes.NewReader(content), func() error { return nil })
}

// writeFrom is writeFile from a reader; sound is asked before the file appears.
func writeFrom(path string, content io.Reader, sound func() error) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = io.Copy(f, content)
	if err == nil {
		err = sound()
	}
	if err = errors.Join(err, f.Chmod(0o644), f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
