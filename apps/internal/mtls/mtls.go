// Package mtls is how services know each other: TLS 1.3 with certificates on
// both sides, which are renewed while the services run, and a list of the names
// that may call or be called. It holds no certificate's issue, and nothing of
// the visitors' TLS, which ends at the gateway.
package mtls

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Files are where a service's identity is. In a cluster they are a mounted
// Secret, which is replaced as a whole by one symbolic link.
type Files struct {
	Cert string // the certificate, and those between it and its authority, as PEM
	Key  string // its key, as PEM
	CA   string // the authorities of peers, as PEM; old and new while one replaces the other
}

// identity is one reading of the files.
type identity struct {
	raw  [3]string
	cert tls.Certificate
	pool *x509.CertPool
}

// Identity is what a service shows and whom it believes, as the files now have
// it.
type Identity struct {
	files   Files
	log     *slog.Logger
	reading sync.Mutex // or an older reading could replace a newer
	current atomic.Pointer[identity]
}

// Load reads the files. Files that cannot be used are an error here, and only
// here: later, the last that could be used stand.
func Load(files Files, log *slog.Logger) (*Identity, error) {
	raw, err := open(files)
	if err != nil {
		return nil, err
	}
	now, err := parse(files, raw)
	if err != nil {
		return nil, err
	}
	i := &Identity{files: files, log: log}
	i.current.Store(now)
	return i, nil
}

// open reads the files.
func open(files Files) (raw [3]string, err error) {
	var problems []error
	for n, file := range []string{files.Cert, files.Key, files.CA} {
		content, err := os.ReadFile(file)
		if err != nil {
			problems = append(problems, fmt.Errorf("mtls: %w", err))
		}
		raw[n] = string(content)
	}
	return raw, errors.Join(problems...)
}

// parse judges what was read. Between two files, all may have been replaced: a
// key that is not the certificate's is found here, and read again the next time.
func parse(files Files, raw [3]string) (*identity, error) {
	now := &identity{raw: raw, pool: x509.NewCertPool()}
	var problems []error
	var err error
	if now.cert, err = tls.X509KeyPair([]byte(raw[0]), []byte(raw[1])); err != nil {
		problems = append(problems, fmt.Errorf("mtls: %s and %s are not a certificate and its key: %w", files.Cert, files.Key, err))
	} else if time.Now().After(now.cert.Leaf.NotAfter) {
		problems = append(problems, fmt.Errorf("mtls: the certificate in %s ended on %s; have it renewed", files.Cert, now.cert.Leaf.NotAfter.UTC().Format(time.RFC3339)))
	}
	if !now.pool.AppendCertsFromPEM([]byte(raw[2])) {
		problems = append(problems, fmt.Errorf("mtls: %s holds no PEM certificate", files.CA))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return now, nil
}

// Refresh reads the files again and reports whether they changed.
func (i *Identity) Refresh() (bool, error) {
	i.reading.Lock()
	defer i.reading.Unlock()
	raw, err := open(i.files)
	if err != nil {
		return false, err
	}
	if raw == i.current.Load().raw {
		return false, nil
	}
	now, err := parse(i.files, raw)
	if err != nil {
		return false, err
	}
	i.current.Store(now)
	return true, nil
}

// Follow reads the files at each interval until ctx ends. They are read rather
// than watched: a watch of a mounted Secret misses links that are replaced, and
// three small files cost nothing.
func (i *Identity) Follow(ctx context.Context, interval time.Duration) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for failing := false; ; {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		changed, err := i.Refresh()
		switch {
		case err != nil && !failing:
			i.log.Error("mtls: new files cannot be used; the last ones stand", "problem", err.Error())
		case changed:
			i.log.Info("mtls: certificates renewed", "not_after", i.NotAfter().UTC().Format(time.RFC3339))
		}
		failing = err != nil
	}
}

// NotAfter is when the certificate ends, for a metric and an alert.
func (i *Identity) NotAfter() time.Time { return i.current.Load().cert.Leaf.NotAfter }
