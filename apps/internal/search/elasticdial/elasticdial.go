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

// Check refuses what no client could be made of, with all that is wrong.
func (s Server) Check() error {
	var problems []error
	for _, address := range s.Addresses {
		u, err := url.Parse(address)
		if err != nil || u.Host == "" {
			problems = append(problems, fmt.Errorf("elasticdial: %q is no address; write one like https://search:9200", address))
			continue
		}
		if ip := net.ParseIP(u.Hostname()); u.Scheme != "https" && u.Hostname() != "localhost" && (ip == nil || !ip.IsLoopback()) {
			problems = append(problems, fmt.Errorf("elasticdial: %q is without TLS, which only a server on loopback may be", address))
		}
	}
	if len(s.Addresses) == 0 {
		problems = append(problems, errors.New("elasticdial: there is no address; name a node's"))
	}
	for _, file := range []string{s.CAFile, s.PasswordFile} {
		if file == "" {
			continue
		}
		if _, err := os.ReadFile(file); err != nil {
			problems = append(problems, fmt.Errorf("elasticdial: %w", err))
		}
	}
	return errors.Join(problems...)
}

// Open returns a client; nothing is sent before its first use.
func Open(s Server) (*elasticsearch.BaseClient, error) {
	if err := s.Check(); err != nil {
		return nil, err
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
