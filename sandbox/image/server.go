package image

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"

	"github.com/google/go-containerregistry/pkg/registry"
)

// registryHost is the registry's name in references, which images record of
// their base. The port that the registry has this time must not enter a
// digest, so ko reaches the name through a proxy, which is the registry.
const registryHost = "registry.localhost"

// registryServer is a container registry on a loopback port, in memory, for
// the time of a build.
type registryServer struct {
	address string
	server  *http.Server
}

// serveRegistry starts a registry that holds the base image.
func serveRegistry(ctx context.Context) (*registryServer, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("start the build's registry: %w", err)
	}
	r := &registryServer{address: l.Addr().String()}
	quiet := log.New(io.Discard, "", 0)
	images := registry.New(registry.Logger(quiet))
	r.server = &http.Server{
		ReadHeaderTimeout: 10 * time.Second, ErrorLog: quiet,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
			if req.Host != registryHost && req.Host != r.address {
				http.Error(w, "an image build reaches no host but its registry", http.StatusForbidden)
				return
			}
			images.ServeHTTP(w, req)
		}),
	}
	go func() { _ = r.server.Serve(l) }() // ends by close
	config := "/v2/base/blobs/uploads/?digest=" + digestOf(baseConfig)
	if err := r.send(ctx, http.MethodPost, config, "application/octet-stream", baseConfig); err != nil {
		r.close()
		return nil, err
	}
	manifest := "/v2/base/manifests/" + baseDigest()
	if err := r.send(ctx, http.MethodPut, manifest, "application/vnd.oci.image.manifest.v1+json", baseManifest); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func (r *registryServer) close() { _ = r.server.Close() }

// base is the reference of the base image.
func base() string { return registryHost + "/base@" + baseDigest() }

func (r *registryServer) send(ctx context.Context, method, path, kind string, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, method, "http://"+r.address+path, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("seed the base image: %w", err)
	}
	req.Header.Set("Content-Type", kind)
	res, err := direct.Do(req)
	if err != nil {
		return fmt.Errorf("seed the base image: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusCreated {
		return fmt.Errorf("seed the base image: the registry answers %s", res.Status)
	}
	return nil
}

// open reads a manifest or a blob of an image.
func (r *registryServer) open(ctx context.Context, name, kind, digest string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+r.address+"/v2/"+name+"/"+kind+"/"+digest, nil)
	if err != nil {
		return nil, fmt.Errorf("read %s from the build's registry: %w", digest, err)
	}
	res, err := direct.Do(req)
	if err != nil {
		return nil, fmt.Errorf("read %s from the build's registry: %w", digest, err)
	}
	if res.StatusCode != http.StatusOK {
		_ = res.Body.Close()
		return nil, fmt.Errorf("read %s from the build's registry: it answers %s", digest, res.Status)
	}
	return res.Body, nil
}

// direct asks no proxy for a loopback address.
var direct = &http.Client{Transport: &http.Transport{Proxy: nil, DisableKeepAlives: true}}
