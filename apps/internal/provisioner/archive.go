package provisioner

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// partBytes is where one part of a table ends and the next begins.
const partBytes = 8 << 20

// archive is a tar.gz that remembers the hash of each of its files.
type archive struct {
	zip   *gzip.Writer
	tar   *tar.Writer
	at    time.Time
	files []File
}

func newArchive(to io.Writer) *archive {
	zip := gzip.NewWriter(to)
	return &archive{zip: zip, tar: tar.NewWriter(zip), at: time.Now().UTC().Truncate(time.Second)}
}

// add puts a file in. A path that leaves the archive's own folder would be
// written elsewhere by whoever unpacks it.
func (a *archive) add(path string, size int64, content io.Reader) error {
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || part == "." || part == ".." {
			return fmt.Errorf("archive: the path %q has the part %q", path, part)
		}
	}
	header := &tar.Header{Name: path, Size: size, Mode: 0o600, ModTime: a.at, Format: tar.FormatPAX}
	if err := a.tar.WriteHeader(header); err != nil {
		return fmt.Errorf("archive %s: %w", path, err)
	}
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(a.tar, sum), content)
	if err != nil {
		return fmt.Errorf("archive %s: %w", path, err)
	}
	if n != size {
		return fmt.Errorf("archive %s: it has %d bytes and was said to have %d", path, n, size)
	}
	a.files = append(a.files, File{path, n, hex.EncodeToString(sum.Sum(nil))})
	return nil
}

// finish writes the manifest and ends the archive.
func (a *archive) finish(m *Manifest) error {
	m.Files = a.files
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	if err := a.add("manifest.json", int64(len(text)), bytes.NewReader(text)); err != nil {
		return err
	}
	if err := a.tar.Close(); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	if err := a.zip.Close(); err != nil {
		return fmt.Errorf("archive: %w", err)
	}
	return nil
}

// parts are the files of one table.
type parts struct {
	archive *archive
	path    string
	buffer  bytes.Buffer
	written int
}

func (a *archive) parts(path string) *parts { return &parts{archive: a, path: path} }

func (p *parts) line(text string) error {
	p.buffer.WriteString(text)
	p.buffer.WriteByte('\n')
	if p.buffer.Len() < partBytes {
		return nil
	}
	return p.write()
}

// flush writes what is left. A table without rows is one empty file.
func (p *parts) flush() error {
	if p.buffer.Len() == 0 && p.written > 0 {
		return nil
	}
	return p.write()
}

func (p *parts) write() error {
	p.written++
	err := p.archive.add(fmt.Sprintf("%s.%04d.ndjson", p.path, p.written), int64(p.buffer.Len()), &p.buffer)
	p.buffer.Reset()
	return err
}
