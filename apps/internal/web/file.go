package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// How long an answer may be kept.
const (
	Forever = "public, max-age=31536000, immutable" // a name that holds its content's hash
	Briefly = "public, max-age=300"                 // a page: a release shows within minutes
	Never   = "no-store"
)

// File is content that does not change while the process lives, ready to send
// plain or compressed.
type File struct {
	kind        string
	plain, gzip []byte
	hash        string
}

// NewFile prepares content of a media type.
func NewFile(kind string, content []byte) (*File, error) {
	sum := sha256.Sum256(content)
	f := &File{kind: kind, plain: content, hash: hex.EncodeToString(sum[:6])}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if _, err := w.Write(content); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("compress: %w", err)
	}
	if packed.Len() < len(content) {
		f.gzip = packed.Bytes()
	}
	return f, nil
}

// Serve answers with the content, a status, and how long it may be kept.
func (f *File) Serve(w http.ResponseWriter, r *http.Request, code int, keep string) {
	h := w.Header()
	body, tag := f.plain, `"`+f.hash+`"`
	if f.gzip != nil {
		h.Add("Vary", "Accept-Encoding")
		if acceptsGzip(r.Header.Get("Accept-Encoding")) {
			body, tag = f.gzip, `"`+f.hash+`-gzip"`
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("Cache-Control", keep)
	if code == http.StatusOK && keep != Never {
		h.Set("ETag", tag)
		if holds(r.Header.Get("If-None-Match"), tag) {
			h.Del("Content-Encoding")
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	h.Set("Content-Type", f.kind)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(code)
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // a client that went away needs no answer
	}
}

// Kept returns a handler that serves the file as found.
func (f *File) Kept(keep string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { f.Serve(w, r, http.StatusOK, keep) })
}

// acceptsGzip reads an Accept-Encoding header.
func acceptsGzip(header string) bool {
	for offer := range strings.SplitSeq(header, ",") {
		coding, quality, _ := strings.Cut(offer, ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			_, q, found := strings.Cut(strings.ReplaceAll(quality, " ", ""), "q=")
			weight, err := strconv.ParseFloat(q, 64)
			return !found || err == nil && weight > 0
		}
	}
	return false
}

// holds reads an If-None-Match header.
func holds(header, tag string) bool {
	for each := range strings.SplitSeq(header, ",") {
		each = strings.TrimPrefix(strings.TrimSpace(each), "W/")
		if each == tag || each == "*" {
			return true
		}
	}
	return false
}
