package files

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Dir is a bucket in a directory, for development. It cannot be left: neither
// by a path nor by a link that lies in it.
type Dir struct {
	root *os.Root
	base string // where Handler answers
	key  []byte // of links, which end with the process
	now  func() time.Time

	naming sync.Mutex // one file gets its name at a time
}

// OpenDir opens a directory, and makes it where there is none. base is the
// address under which Handler answers, such as https://localhost/arquivos/.
func OpenDir(dir, base string) (*Dir, error) {
	if !strings.HasSuffix(base, "/") {
		return nil, fmt.Errorf("files: the address %q does not end with a slash", base)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	d := &Dir{root: root, base: base, key: make([]byte, 32), now: time.Now}
	_, _ = rand.Read(d.key) // never fails: it ends the process instead
	return d, root.MkdirAll(partial, 0o700)
}

// Names beginning with a dot are none of a file's: what is on its way lies in
// partial, what a file is stored with in details.
const (
	partial = ".partial"
	details = ".details"
)

// Close closes the directory.
func (d *Dir) Close() error { return d.root.Close() }

func failed(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("files: %w", ErrNotFound)
	case errors.Is(err, fs.ErrExist):
		return fmt.Errorf("files: %w", ErrExists)
	}
	return fmt.Errorf("files: %w: %w", ErrAway, err)
}

// Put implements Bucket. A file is whole, with its details, before it has its
// name.
func (d *Dir) Put(ctx context.Context, p Path, meta Meta, content io.Reader) (Object, error) {
	temp := path.Join(partial, rand.Text())
	f, err := d.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return Object{}, failed(err)
	}
	defer d.root.Remove(temp) //nolint:errcheck // its content has its name by then, or is not wanted
	size, err := io.Copy(f, reader{ctx, content})
	if err = errors.Join(err, f.Close()); err != nil {
		return Object{}, fmt.Errorf("files: store the content: %w", err)
	}
	raw, err := json.Marshal(meta)
	if err != nil {
		return Object{}, fmt.Errorf("files: %w", err)
	}
	about := path.Join(details, p.String())
	d.naming.Lock()
	defer d.naming.Unlock()
	if err := errors.Join(d.root.MkdirAll(path.Dir(about), 0o700), d.root.MkdirAll(path.Dir(p.String()), 0o700)); err != nil {
		return Object{}, failed(err)
	}
	if _, err := d.root.Lstat(p.String()); err == nil {
		return Object{}, failed(fs.ErrExist)
	}
	if err := d.root.WriteFile(about, raw, 0o600); err != nil {
		return Object{}, failed(err)
	}
	if err := d.root.Link(temp, p.String()); err != nil { // unlike a rename, it fails where there is one
		return Object{}, failed(err)
	}
	return Object{Name: p.name, Type: meta.Type, Size: size, Filename: meta.Filename, Updated: d.now()}, nil
}

// reader ends with its context.
type reader struct {
	ctx  context.Context //nolint:containedctx // it lives as long as the call that it is of
	from io.Reader
}

func (r reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err //nolint:wrapcheck // the reader's contract
	}
	return r.from.Read(p) //nolint:wrapcheck // as above
}

// Get implements Bucket.
func (d *Dir) Get(_ context.Context, p Path) (io.ReadCloser, Object, error) {
	f, err := d.root.Open(p.String())
	if err != nil {
		return nil, Object{}, failed(err)
	}
	o, err := d.stat(p)
	if err != nil {
		return nil, Object{}, errors.Join(err, f.Close())
	}
	return f, o, nil
}

func (d *Dir) stat(p Path) (Object, error) {
	info, err := d.root.Lstat(p.String())
	if err != nil || !info.Mode().IsRegular() {
		return Object{}, failed(errors.Join(err, fs.ErrNotExist))
	}
	raw, err := d.root.ReadFile(path.Join(details, p.String()))
	var meta Meta
	if err == nil {
		err = json.Unmarshal(raw, &meta)
	}
	if err != nil {
		return Object{}, failed(err)
	}
	return Object{Name: p.name, Type: meta.Type, Size: info.Size(), Filename: meta.Filename, Updated: info.ModTime()}, nil
}

// Delete implements Bucket.
func (d *Dir) Delete(_ context.Context, p Path) error {
	if err := d.root.Remove(p.String()); err != nil {
		return failed(err)
	}
	if err := d.root.Remove(path.Join(details, p.String())); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return failed(err)
	}
	return nil
}

// List implements Bucket.
func (d *Dir) List(ctx context.Context, p Path, limit int, after string) ([]Object, string, error) {
	var names []string
	err := fs.WalkDir(d.root.FS(), strings.TrimSuffix(p.String(), "/"), func(at string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if e.Type().IsRegular() {
			names = append(names, strings.TrimPrefix(at, p.tenant))
		}
		return ctx.Err()
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", failed(err)
	}
	slices.Sort(names) // a storage has no folders: it sorts whole names
	var list []Object
	for _, name := range names {
		if name <= after {
			continue
		}
		if len(list) == limit {
			return list, list[limit-1].Name, nil
		}
		o, err := d.stat(Path{p.tenant, name})
		if errors.Is(err, ErrNotFound) {
			continue // deleted meanwhile
		}
		if err != nil {
			return nil, "", err
		}
		list = append(list, o)
	}
	return list, "", nil
}

// SignedURL implements Bucket.
func (d *Dir) SignedURL(_ context.Context, p Path, meta Meta, life time.Duration) (string, error) {
	q := url.Values{"until": {strconv.FormatInt(d.now().Add(life).Unix(), 10)}, "type": {meta.Type}, "filename": {meta.Filename}}
	q.Set("signature", d.sign(p.String(), q))
	return d.base + p.String() + "?" + q.Encode(), nil
}

func (d *Dir) sign(at string, q url.Values) string {
	mac := hmac.New(sha256.New, d.key)
	for _, part := range []string{at, q.Get("until"), q.Get("type"), q.Get("filename")} {
		fmt.Fprintf(mac, "%d:%s", len(part), part)
	}
	return hex.EncodeToString(mac.Sum(nil))
}

// Handler answers at base with the files of links.
func (d *Dir) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		u, err := url.Parse(d.base)
		at, under := strings.CutPrefix(r.URL.Path, "/")
		if err == nil {
			at, under = strings.CutPrefix(r.URL.Path, u.Path)
		}
		q := r.URL.Query()
		until, _ := strconv.ParseInt(q.Get("until"), 10, 64)
		if !under || !hmac.Equal([]byte(d.sign(at, q)), []byte(q.Get("signature"))) || d.now().Unix() > until {
			http.Error(w, "o link não vale, ou não vale mais", http.StatusForbidden)
			return
		}
		f, err := d.root.Open(at)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		defer f.Close()
		w.Header().Set("Content-Type", q.Get("type"))
		w.Header().Set("Content-Disposition", disposition(q.Get("filename")))
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Cache-Control", "private, no-store")
		http.ServeContent(w, r, "", time.Time{}, f)
	})
}
