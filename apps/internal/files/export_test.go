package files

import (
	"context"
	"net/http"
	"time"
)

// At makes the bucket talk to another address, and not wait between tries.
func (g *GCS) At(base string, client http.RoundTripper, now func() time.Time) *GCS {
	g.base, g.pause, g.now = base, time.Microsecond, now
	g.http.Transport = client
	return g
}

// At makes the signer talk to another address.
func (s *IAMSigner) At(base string, client http.RoundTripper) *IAMSigner {
	s.base, s.http.Transport = base, client
	return s
}

// At makes the directory have another time.
func (d *Dir) At(now func() time.Time) { d.now = now }

// RawPath is a path that this package would not make.
func RawPath(tenant, name string) Path { return Path{tenant, name} }

// What the tests look at.
var (
	ToSign = toSign
	Title  = title
	Clean  = clean
	Locate = locate
)

// ChunkSize is how much of an upload is sent at once.
const ChunkSize = chunkSize

// AsDisposition is how a name is sent to browsers.
var AsDisposition = disposition

type signer struct{}

func (signer) Account() string                              { return "svc@p.iam.gserviceaccount.com" }
func (signer) Sign(context.Context, []byte) ([]byte, error) { return []byte{0xab, 0xcd}, nil }

// TestSigner signs everything alike.
var TestSigner Signer = signer{}
