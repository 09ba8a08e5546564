// Package elasticdial opens connections to Elasticsearch. It is apart from
// search since the client's packages take minutes to compile, and search needs
// none of them.
package elasticdial

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/elastic/go-elasticsearch/v9"
)

// Server says where Elasticsearch is.
type Server struct {
	Addresses    []string
	CAFile       string // empty on loopback, where there is no TLS
	User         string
	PasswordFile string
}

// Open returns a client; nothing is sent before its first use.
func Open(s Server) (*elasticsearch.BaseClient, error) {
	for _, address := range s.Addresses {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			return nil, fmt.Errorf("elasticdial: %q is no address; write one like https://search:9200", address)
		}
		if ip := net.ParseIP(u.Hostname()); u.Scheme != "https" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return nil, fmt.Errorf("elasticdial: %q is without TLS, which only a server on loopback may be", address)
		}
	}
	if len(s.Addresses) == 0 {
		return nil, errors.New("elasticdial: there is no address; name a node's")
	}
	opts := []elasticsearch.Option{elasticsearch.WithAddresses(s.Addresses...), elasticsearch.WithRetry(2, 502, 503, 504, 429)}
	if s.CAFile != "" {
		ca, err := os.ReadFile(s.CAFile)
		if err != nil {
			return nil, fmt.Errorf("elasticdial: %w", err)
		}
		opts = append(opts, elasticsearch.WithCACert(ca))
	}
	if s.PasswordFile != "" {
		password, err := os.ReadFile(s.PasswordFile)
		if err != nil {
			return nil, fmt.Errorf("elasticdial: %w", err)
		}
		opts = append(opts, elasticsearch.WithBasicAuth(s.User, strings.TrimRight(string(password), "\r\n")))
	}
	client, err := elasticsearch.NewBase(opts...)
	if err != nil {
		return nil, fmt.Errorf("elasticdial: %w", err)
	}
	return client, nil
}
