package web

import (
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

// kinds are the media types of assets, by the end of their names. The
// system's own table is not asked: an image has none.
var kinds = map[string]string{
	".css":   "text/css; charset=utf-8",
	".svg":   "image/svg+xml; charset=utf-8",
	".txt":   "text/plain; charset=utf-8",
	".woff2": "font/woff2",
}

// Assets are files under a path of their own, whose names in pages hold a hash
// of their content, so that browsers may keep them for ever.
type Assets struct {
	prefix string
	files  map[string]*File // by plain name
}

// NewAssets prepares every file at the top of a file system.
func NewAssets(prefix string, from fs.FS) (*Assets, error) {
	a := &Assets{prefix: prefix, files: map[string]*File{}}
	entries, err := fs.ReadDir(from, ".")
	if err != nil {
		return nil, fmt.Errorf("list the assets: %w", err)
	}
	for _, entry := range entries {
		kind, known := kinds[path.Ext(entry.Name())]
		if !known {
			return nil, fmt.Errorf("asset %s has no media type; add its ending to web.kinds", entry.Name())
		}
		content, err := fs.ReadFile(from, entry.Name())
		if err != nil {
			return nil, fmt.Errorf("read the asset: %w", err)
		}
		if a.files[entry.Name()], err = NewFile(kind, content); err != nil {
			return nil, fmt.Errorf("asset %s: %w", entry.Name(), err)
		}
	}
	return a, nil
}

// Pattern is the path pattern under which the assets are routed.
func (a *Assets) Pattern() string { return a.prefix + "{name}" }

// Path is an asset's path, for a page.
func (a *Assets) Path(name string) (string, error) {
	f, ok := a.files[name]
	if !ok {
		return "", fmt.Errorf("there is no asset %q", name)
	}
	ext := path.Ext(name)
	return a.prefix + strings.TrimSuffix(name, ext) + "." + f.hash + ext, nil
}

// File returns an asset, or nil.
func (a *Assets) File(name string) *File { return a.files[name] }

// Handler serves the assets. While two versions of a service run side by side
// a page of one may ask the other for its file: a hash that is not ours is
// answered with our file of that name, which nobody may keep, rather than with
// a page that has lost its looks.
func (a *Assets) Handler(notFound http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("name")
		ext := path.Ext(name)
		stem, hash, _ := cutLast(strings.TrimSuffix(name, ext), ".")
		f, ok := a.files[stem+ext]
		switch {
		case !ok || hash == "":
			notFound(w, r)
		case hash == f.hash:
			f.Serve(w, r, http.StatusOK, Forever)
		default:
			f.Serve(w, r, http.StatusOK, Never)
		}
	})
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
