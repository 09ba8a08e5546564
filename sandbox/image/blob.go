package image

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/avila-devops/saas/sandbox/atomicfile"
)

// put stores content under its digest. It appears whole or not at all, and
// replaces what may have been damaged.
func (s *store) put(digest string, content io.Reader) error {
	sum := sha256.New()
	err := atomicfile.WriteFrom(s.blobs(strings.TrimPrefix(digest, "sha256:")), io.TeeReader(content, sum), 0o644, func() error {
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
	return atomicfile.Write(filepath.Join(dir, billName(digest)), bill, 0o644)
}

func billName(digest string) string {
	return strings.Replace(digest, ":", "-", 1) + ".spdx.json"
}
