// Package files keeps what tenants upload, and what is made for them: in Cloud
// Storage, or in a directory where services are developed. Every path begins
// with its tenant's, and only this package can make one. It judges uploads by
// size, name and content; it reads no document, and looks for no virus.
package files

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

var (
	// ErrNotFound says that the tenant has no such file.
	ErrNotFound = errors.New("no such file")
	// ErrExists says that there is one of this name; none is overwritten.
	ErrExists = errors.New("the file exists")
	// ErrAway says that the storage cannot be reached.
	ErrAway = errors.New("the storage is away")
	// ErrRefused says that an upload is not what may be uploaded.
	ErrRefused = errors.New("arquivo recusado")
)

// Object is a file.
type Object struct {
	Name     string // within its tenant
	Type     string
	Size     int64
	Filename string // as its owner calls it
	Updated  time.Time
}

// Meta is what a file is stored with.
type Meta struct{ Type, Filename string }

// Path is where a file is: media/tenant_<id>/<name>. Only this package makes
// one, so that no storage is asked for another.
type Path struct{ tenant, name string }

// String returns the whole path.
func (p Path) String() string { return p.tenant + p.name }

// Bucket is a storage.
type Bucket interface {
	// Put stores a file that does not exist yet; when content fails, nothing.
	Put(ctx context.Context, p Path, meta Meta, content io.Reader) (Object, error)
	Get(ctx context.Context, p Path) (io.ReadCloser, Object, error)
	Delete(ctx context.Context, p Path) error
	// List returns at most limit files whose paths begin with p, by name, after
	// the page that ended with next.
	List(ctx context.Context, p Path, limit int, after string) (list []Object, next string, err error)
	// SignedURL returns an address at which whoever has it reads the file for a
	// while, as an attachment of its name.
	SignedURL(ctx context.Context, p Path, meta Meta, life time.Duration) (string, error)
}

// Store keeps tenants' files in a bucket.
type Store struct {
	bucket Bucket
	max    int64
}

// maxLink bounds how long an address that needs no sign-in works.
const maxLink = 15 * time.Minute

// New returns the files of a bucket, none larger than max bytes.
func New(bucket Bucket, max int64) (*Store, error) {
	if max < 1 {
		return nil, fmt.Errorf("files: a limit of %d bytes lets nothing in", max)
	}
	return &Store{bucket: bucket, max: max}, nil
}

// prefix begins a tenant's paths. A tenant's name has no slash, and the prefix
// ends with one, so that none begins another's.
func prefix(id tenant.ID) (string, error) {
	if err := tenant.Check(id); err != nil {
		return "", err
	}
	return "media/tenant_" + id.String() + "/", nil
}

// locate makes the path of a name.
func locate(id tenant.ID, name string) (Path, error) {
	p, err := prefix(id)
	if err != nil {
		return Path{}, err
	}
	if !clean(name) {
		return Path{}, fmt.Errorf("files: %w: %.60q is not 1 to 6 parts of a-z, A-Z, 0-9, ., _ and -, none beginning with a dot", ErrNotFound, name)
	}
	return Path{p, name}, nil
}

// clean reports whether a name cannot be mistaken for another, by any storage.
func clean(name string) bool {
	parts := strings.Split(name, "/")
	if len(name) > 300 || len(parts) > 6 {
		return false
	}
	for _, part := range parts {
		if part == "" || part[0] == '.' || strings.ContainsFunc(part, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '.' && r != '_' && r != '-'
		}) {
			return false
		}
	}
	return true
}

// Upload is a file as a user sends it.
type Upload struct {
	Folder   string // of ours, such as "documentos"
	Filename string // the user's; it is kept as a title, and is no part of a path
	Type     string // as the browser declares it
	Content  io.Reader
}

// Upload judges a file and stores it under a name of our own.
func (s *Store) Upload(ctx context.Context, id tenant.ID, u Upload) (Object, error) {
	filename, kind, content, err := inspect(u, s.max)
	if err != nil {
		return Object{}, err
	}
	p, err := locate(id, path.Join(u.Folder, strings.ToLower(rand.Text())+kind.ext))
	if err != nil {
		return Object{}, err
	}
	return s.bucket.Put(ctx, p, Meta{Type: kind.mime, Filename: filename}, content)
}

// Write stores a file that a service made, under a name that it chose.
func (s *Store) Write(ctx context.Context, id tenant.ID, name string, meta Meta, content io.Reader) (Object, error) {
	p, err := locate(id, name)
	if err != nil {
		return Object{}, err
	}
	meta.Filename = title(meta.Filename)
	if meta.Type == "" {
		meta.Type = "application/octet-stream"
	}
	return s.bucket.Put(ctx, p, meta, &limited{from: content, left: s.max, most: s.max})
}

// Open reads a file.
func (s *Store) Open(ctx context.Context, id tenant.ID, name string) (io.ReadCloser, Object, error) {
	p, err := locate(id, name)
	if err != nil {
		return nil, Object{}, err
	}
	return s.bucket.Get(ctx, p)
}

// Delete removes a file.
func (s *Store) Delete(ctx context.Context, id tenant.ID, name string) error {
	p, err := locate(id, name)
	if err != nil {
		return err
	}
	return s.bucket.Delete(ctx, p)
}

// List returns the tenant's files in a folder, or all when it is empty: at most
// limit, after the page that ended with next.
func (s *Store) List(ctx context.Context, id tenant.ID, folder string, limit int, after string) ([]Object, string, error) {
	root, err := prefix(id)
	if err != nil {
		return nil, "", err
	}
	p := Path{root, ""}
	if folder != "" {
		if p, err = locate(id, folder); err != nil {
			return nil, "", err
		}
		p.name += "/"
	}
	return s.bucket.List(ctx, p, min(max(limit, 1), 1000), after)
}

// Link returns an address at which the file can be read without a sign-in, for
// at most a quarter of an hour. Give it to nobody but who may read the file.
func (s *Store) Link(ctx context.Context, id tenant.ID, o Object, life time.Duration) (string, error) {
	p, err := locate(id, o.Name)
	if err != nil {
		return "", err
	}
	if life < time.Second || life > maxLink {
		return "", fmt.Errorf("files: a link for %s is not one for 1s to %s", life, maxLink)
	}
	return s.bucket.SignedURL(ctx, p, Meta{Type: o.Type, Filename: title(o.Filename)}, life)
}

// Erase removes all of a tenant's files and returns how many there were.
func (s *Store) Erase(ctx context.Context, id tenant.ID) (int, error) {
	erased := 0
	for {
		list, _, err := s.List(ctx, id, "", 1000, "")
		if err != nil || len(list) == 0 {
			return erased, err
		}
		for _, o := range list {
			if err := s.Delete(ctx, id, o.Name); err != nil && !errors.Is(err, ErrNotFound) {
				return erased, err
			}
			erased++
		}
	}
}
