package files

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// GCS is a bucket of Cloud Storage, by its JSON API. The Google client would
// bring gRPC and hundreds of packages for the five calls that are made here.
type GCS struct {
	bucket string
	base   string // https://storage.googleapis.com, or a test's
	http   *http.Client
	signer Signer
	now    func() time.Time
	pause  time.Duration // before the first retry; doubled after
}

// tries is how often a call is made that the storage did not answer.
const tries = 4

// chunkSize is how much of an upload is in memory: the storage wants multiples
// of 256 KiB.
const chunkSize = 1 << 20

// NewGCS returns a bucket, reached with tokens of scope devstorage.read_write.
func NewGCS(bucket string, tokens oauth2.TokenSource, signer Signer) (*GCS, error) {
	if bucket == "" || strings.ContainsAny(bucket, "/?#") {
		return nil, fmt.Errorf("files: %q is no bucket's name", bucket)
	}
	return &GCS{bucket: bucket, base: "https://storage.googleapis.com", http: client(tokens, 5*time.Minute), signer: signer, now: time.Now, pause: 200 * time.Millisecond}, nil
}

// client sends a token along, and so follows nobody elsewhere: every request
// that a redirect led to would carry the token there.
func client(tokens oauth2.TokenSource, timeout time.Duration) *http.Client {
	return &http.Client{
		Transport: &oauth2.Transport{Source: tokens, Base: http.DefaultTransport}, Timeout: timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// resource is an object as the API writes it.
type resource struct {
	Name        string            `json:"name"`
	ContentType string            `json:"contentType,omitempty"`
	Size        string            `json:"size,omitempty"`
	Updated     time.Time         `json:"updated,omitzero"`
	Generation  string            `json:"generation,omitempty"`
	CRC32C      string            `json:"crc32c,omitempty"`
	Disposition string            `json:"contentDisposition,omitempty"`
	Cache       string            `json:"cacheControl,omitempty"`
	Metadata    map[string]string `json:"metadata,omitempty"`
}

func (r resource) object(p Path) Object {
	size, _ := strconv.ParseInt(r.Size, 10, 64) // the storage's own writing
	return Object{Name: strings.TrimPrefix(r.Name, p.tenant), Type: r.ContentType, Size: size, Filename: r.Metadata["filename"], Updated: r.Updated}
}

// call makes a request until the storage answers it, and returns an answer that
// is one of the wanted codes.
func (g *GCS) call(ctx context.Context, method, address string, header map[string]string, body []byte, wanted ...int) (*http.Response, error) {
	var last error
	for try := range tries {
		if try > 0 {
			select {
			case <-time.After(g.pause << (try - 1)):
			case <-ctx.Done():
				return nil, fmt.Errorf("files: %w: %w", ErrAway, context.Cause(ctx))
			}
		}
		req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
		if err != nil {
			return nil, fmt.Errorf("files: %w", err)
		}
		for name, value := range header {
			req.Header.Set(name, value)
		}
		res, err := g.http.Do(req)
		if err != nil {
			last = err
			continue
		}
		for _, code := range wanted {
			if res.StatusCode == code {
				return res, nil
			}
		}
		last = answered(res)
		if res.StatusCode != http.StatusTooManyRequests && res.StatusCode != http.StatusRequestTimeout && res.StatusCode < 500 {
			return nil, last
		}
	}
	return nil, fmt.Errorf("files: %w: after %d tries: %w", ErrAway, tries, last)
}

// answered turns an answer into an error. Its text is not repeated: it may hold
// the address, and with it a name.
func answered(res *http.Response) error {
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the connection can be used again
	res.Body.Close()
	switch res.StatusCode {
	case http.StatusNotFound:
		return fmt.Errorf("files: %w", ErrNotFound)
	case http.StatusPreconditionFailed:
		return fmt.Errorf("files: %w", ErrExists)
	}
	return fmt.Errorf("files: %w: Cloud Storage answers %s", ErrAway, res.Status)
}

// read decodes an answer.
func read(res *http.Response, into any) error {
	defer res.Body.Close()
	if err := json.NewDecoder(io.LimitReader(res.Body, 8<<20)).Decode(into); err != nil {
		return fmt.Errorf("files: %w: read the answer of Cloud Storage: %w", ErrAway, err)
	}
	return nil
}

// at is the address of an object, whose name is one part of it.
func (g *GCS) at(p Path) string {
	return g.base + "/storage/v1/b/" + url.PathEscape(g.bucket) + "/o/" + url.PathEscape(p.String())
}

// Put implements Bucket, by a resumable upload: a piece that was lost on its
// way is sent again, and only one is ever in memory. The object exists when the
// last piece is there, or not at all.
func (g *GCS) Put(ctx context.Context, p Path, meta Meta, content io.Reader) (Object, error) {
	about, err := json.Marshal(resource{
		Name: p.String(), ContentType: meta.Type, Disposition: disposition(meta.Filename), Cache: "private, no-store", Metadata: map[string]string{"filename": meta.Filename},
	})
	if err != nil {
		return Object{}, fmt.Errorf("files: %w", err)
	}
	q := url.Values{"uploadType": {"resumable"}, "ifGenerationMatch": {"0"}} // only where there is none
	res, err := g.call(ctx, http.MethodPost, g.base+"/upload/storage/v1/b/"+url.PathEscape(g.bucket)+"/o?"+q.Encode(),
		map[string]string{"Content-Type": "application/json; charset=utf-8", "X-Upload-Content-Type": meta.Type}, about, http.StatusOK)
	if err != nil {
		return Object{}, err
	}
	res.Body.Close()
	u := &upload{gcs: g, session: res.Header.Get("Location"), sum: crc32.New(crc32.MakeTable(crc32.Castagnoli))}
	made, err := u.send(ctx, content)
	if err != nil {
		u.abandon(ctx)
		return Object{}, err
	}
	if want := base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, u.sum.Sum32())); made.CRC32C != want {
		return Object{}, errors.Join(fmt.Errorf("files: %w: what arrived is not what was sent", ErrAway), g.Delete(ctx, p))
	}
	return made.object(p), nil
}

// Get implements Bucket.
func (g *GCS) Get(ctx context.Context, p Path) (io.ReadCloser, Object, error) {
	res, err := g.call(ctx, http.MethodGet, g.at(p), nil, nil, http.StatusOK)
	if err != nil {
		return nil, Object{}, err
	}
	var r resource
	if err := read(res, &r); err != nil {
		return nil, Object{}, err
	}
	res, err = g.call(ctx, http.MethodGet, g.at(p)+"?alt=media&generation="+url.QueryEscape(r.Generation), nil, nil, http.StatusOK)
	if err != nil {
		return nil, Object{}, err
	}
	return res.Body, r.object(p), nil
}

// Delete implements Bucket.
func (g *GCS) Delete(ctx context.Context, p Path) error {
	res, err := g.call(ctx, http.MethodDelete, g.at(p), nil, nil, http.StatusNoContent)
	if err != nil {
		return err
	}
	return res.Body.Close()
}

// List implements Bucket.
func (g *GCS) List(ctx context.Context, p Path, limit int, after string) ([]Object, string, error) {
	q := url.Values{"prefix": {p.String()}, "maxResults": {strconv.Itoa(limit)}, "fields": {"items(name,contentType,size,updated,metadata),nextPageToken"}}
	if after != "" {
		q.Set("pageToken", after)
	}
	res, err := g.call(ctx, http.MethodGet, g.base+"/storage/v1/b/"+url.PathEscape(g.bucket)+"/o?"+q.Encode(), nil, nil, http.StatusOK)
	if err != nil {
		return nil, "", err
	}
	var page struct {
		Items []resource `json:"items"`
		Next  string     `json:"nextPageToken"`
	}
	if err := read(res, &page); err != nil {
		return nil, "", err
	}
	var list []Object
	for _, r := range page.Items {
		if !strings.HasPrefix(r.Name, p.String()) {
			return nil, "", fmt.Errorf("files: %w: Cloud Storage lists what was not asked for", ErrAway)
		}
		list = append(list, r.object(p))
	}
	return list, page.Next, nil
}
