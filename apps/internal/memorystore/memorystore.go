// Package memorystore opens connections to Memorystore for Redis, or to a
// redis-server on this machine: TLS, the password, the read replicas, bounds on
// waiting. What is kept there is the business of cache, auth and jobs.
package memorystore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// quiet takes what go-redis writes to standard error: all of it comes back as
// errors too, to those who know what they were doing.
type quiet struct{}

func (quiet) Printf(context.Context, string, ...any) {}

func init() { redis.SetLogger(quiet{}) }

// Options says where Redis is.
type Options struct {
	Address     string // host:port of the primary
	ReadAddress string // host:port of the read replicas; empty when there are none
	// CAFile holds the certificates of the instance's own authority, as PEM. It
	// may be empty for a server on loopback only, which then speaks no TLS.
	CAFile string
	// AuthFile holds the password and is read at each connection, so that a new
	// one is taken without a restart. Empty where the server asks for none.
	AuthFile string
	// Wait bounds a command, its connection included. 0 is 300ms.
	Wait time.Duration
	// Connections bounds the connections to each address. 0 is 32.
	Connections int
}

const (
	defaultWait        = 300 * time.Millisecond
	defaultConnections = 32
)

// Store is the connections to one instance.
type Store struct {
	// Primary takes writes, and reads that must see them.
	Primary *redis.Client
	// Replica takes reads that may be a moment behind. It is Primary where the
	// instance has no read replicas.
	Replica *redis.Client
}

// Open prepares connections; none is made before its first use, so that a
// service starts while Redis is away.
func Open(opt Options) (*Store, error) {
	if opt.Wait == 0 {
		opt.Wait = defaultWait
	}
	if opt.Connections == 0 {
		opt.Connections = defaultConnections
	}
	if err := opt.Check(); err != nil {
		return nil, err
	}
	primary, err := opt.client(opt.Address)
	if err != nil {
		return nil, err
	}
	s := &Store{Primary: primary, Replica: primary}
	if opt.ReadAddress != "" {
		if s.Replica, err = opt.client(opt.ReadAddress); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	return s, nil
}

// Close closes the connections.
func (s *Store) Close() error {
	err := s.Primary.Close()
	if s.Replica != s.Primary && s.Replica != nil {
		err = errors.Join(err, s.Replica.Close())
	}
	return err
}

// Check refuses options with which no connection could be made, with all that
// is wrong.
func (o Options) Check() error {
	var problems []error
	addresses := []string{o.Address}
	if o.ReadAddress != "" {
		addresses = append(addresses, o.ReadAddress)
	}
	for _, address := range addresses {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			problems = append(problems, fmt.Errorf("redis address %q: not host:port; Memorystore's port for TLS is 6378", address))
			continue
		}
		if ip := net.ParseIP(host); o.CAFile == "" && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			problems = append(problems, fmt.Errorf("redis address %q: without a CA file there is no TLS, which only a server on loopback may lack; name the file of the instance's certificates", address))
		}
	}
	if o.AuthFile != "" {
		if _, err := password(o.AuthFile); err != nil {
			problems = append(problems, err)
		}
	}
	if o.CAFile != "" {
		if _, err := newTrust(o.CAFile); err != nil {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}

func (o Options) client(address string) (*redis.Client, error) {
	ro := &redis.Options{
		Addr: address, PoolSize: o.Connections, MaxRetries: 1,
		DialTimeout: o.Wait, ReadTimeout: o.Wait, WriteTimeout: o.Wait, PoolTimeout: o.Wait,
		DialerRetries: 1, ContextTimeoutEnabled: true, DisableIdentity: true,
		// Memorystore does not announce its maintenance to clients.
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	if o.AuthFile != "" {
		ro.CredentialsProviderContext = func(context.Context) (string, string, error) {
			secret, err := password(o.AuthFile)
			return "", secret, err
		}
	}
	if o.CAFile != "" {
		config, err := newTrust(o.CAFile)
		if err != nil {
			return nil, err
		}
		ro.TLSConfig = config
	}
	return redis.NewClient(ro), nil
}

// password reads the file without its line end.
func password(file string) (string, error) {
	content, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("redis password: %w", err)
	}
	secret := strings.TrimRight(string(content), "\r\n")
	if secret == "" {
		return "", fmt.Errorf("redis password: %s is empty; write the instance's AUTH string into it", file)
	}
	return secret, nil
}
