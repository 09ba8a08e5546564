// Package postgres opens pools of connections to PostgreSQL, behind PgBouncer
// or not, and refuses a login that row level security would not bind. It holds
// settings, TLS, the refusal and the pools' metrics. It runs no statement of a
// service: that is for tenancy, which alone may reach into a pool.
package postgres

import (
	"net"
	"time"

	"github.com/avila-devops/saas/apps/internal/config"
)

// The ways to trust a server. Off is for loopback alone.
const (
	VerifyFull = "verify-full" // the chain, and the name that is dialled
	VerifyCA   = "verify-ca"   // the chain; Cloud SQL's certificate names no host
	Off        = "off"
)

// Settings say how a database is reached.
type Settings struct {
	Write, Read string // host:port; Read is Write where there is no replica
	Database    string
	// ReadDatabase is what the pooler calls the pool of reads, where one pooler
	// holds both; Database unless set.
	ReadDatabase string
	Login        string

	// PasswordFile, CAFile, CertFile and KeyFile are read again for each new
	// connection, so that they can be replaced without a restart.
	PasswordFile              string
	TLS                       string
	CAFile, CertFile, KeyFile string

	Connections int           // of each pool
	Timeout     time.Duration // of one statement
	Slow        time.Duration // from which a statement's plan is logged
	Schema      string        // the shared schema, named as the environment
}

// Load reads the settings. Problems are kept in r.
func Load(r *config.Reader) Settings {
	s := Settings{
		Write:        r.Text("DATABASE_WRITE", ""),
		Database:     r.Text("DATABASE_NAME", "avila"),
		Login:        r.Text("DATABASE_LOGIN", "app"),
		PasswordFile: r.Optional("DATABASE_PASSWORD_FILE"),
		TLS:          r.Choice("DATABASE_TLS", VerifyFull, VerifyFull, VerifyCA, Off),
		CAFile:       r.Optional("DATABASE_CA_FILE"),
		CertFile:     r.Optional("DATABASE_CERT_FILE"),
		KeyFile:      r.Optional("DATABASE_KEY_FILE"),
		Connections:  r.Number("DATABASE_CONNECTIONS", 10, 1, 1000),
		Timeout:      r.Duration("DATABASE_TIMEOUT", 15*time.Second, time.Millisecond, 10*time.Minute),
		Slow:         r.Duration("DATABASE_SLOW", 500*time.Millisecond, time.Millisecond, time.Hour),
		Schema:       r.Choice("DATABASE_SCHEMA", "prod", "prod", "staging", "dev"),
	}
	s.Read = r.Text("DATABASE_READ", s.Write)
	s.ReadDatabase = r.Text("DATABASE_READ_NAME", s.Database)
	s.check(r)
	return s
}

// check refuses what would carry a password or a patient in the clear.
func (s Settings) check(r *config.Reader) {
	for name, address := range map[string]string{"DATABASE_WRITE": s.Write, "DATABASE_READ": s.Read} {
		if address == "" {
			continue
		}
		host, _, err := net.SplitHostPort(address)
		if err != nil || host == "" {
			r.Refuse(name, address, "is not host:port", "write both, like pgbouncer:6432")
			continue
		}
		if s.TLS == Off && !loopback(host) {
			r.Refuse("DATABASE_TLS", Off, "would send "+name+"'s rows in the clear", "use "+VerifyFull+" or "+VerifyCA+"; off is for loopback")
		}
	}
	if s.TLS != Off && s.CAFile == "" {
		r.Refuse("DATABASE_CA_FILE", "", "is not set", "name the file of the certificates that sign the server's")
	}
	if (s.CertFile == "") != (s.KeyFile == "") {
		r.Refuse("DATABASE_CERT_FILE", s.CertFile, "and DATABASE_KEY_FILE go together", "set both or none")
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
