package ini

import (
	"syscall"
	"time"
)

// AuthConnections are those by which a pooler looks passwords up, for each of
// its pools.
const AuthConnections = 2

// Args says what the pooler does.
type Args struct {
	PgBouncer Version // which PgBouncer will read the text

	Address string // to listen on, over TLS alone
	Port    int
	// ReusePort lets a new process listen beside the old one while that drains.
	ReusePort bool
	// AdminSocket is a directory for a Unix socket, by which the user that runs
	// PgBouncer administers it without a password; empty opens none.
	AdminSocket string

	Pools []Pool
	Auth  Auth

	Clients TLS // towards the services
	Server  TLS // towards the database; the certificate is the client's

	MaxClients int // connections from the services
	Waits      Waits
}

// Pool is a group of connections to one server, which a client asks for as if
// it were a database.
type Pool struct {
	Name     string // what clients call it
	Host     string
	Port     int
	Database string // its name on the server

	Size    int // connections at most, Reserve among them
	Reserve int // opened only when a client has waited for Waits.Reserve

	// Poolers is how many poolers share Limit, the connections that the server
	// leaves to all of them.
	Poolers, Limit int
}

// Most is how many connections one pooler opens to the pool's server.
func (p Pool) Most() int { return p.Size + AuthConnections }

// Auth is how clients prove who they are: with SCRAM, against what the server
// knows.
type Auth struct {
	// Users is a file of logins and passwords: User's own, and those of Stats.
	Users string
	// User looks the other logins up in pg_shadow, which it must be allowed to
	// read. Empty lets only those of Users in.
	User string
	// Database is where it looks them up; PgBouncer before 1.19 looks in the
	// pool's own.
	Database string
	// Stats are the logins that may read statistics and change nothing.
	Stats []string
}

// TLS holds the files of one side.
type TLS struct {
	Certificate, Key string
	// CA signs those on the other side. Clients may come without a certificate
	// where it is empty; the server may not.
	CA string
}

// Waits are how long things may take, in whole seconds. None may be left out.
type Waits struct {
	Query       time.Duration // a client waits for a connection
	Connect     time.Duration // the server answers a new connection
	Reserve     time.Duration // before the pool's reserve is opened
	Transaction time.Duration // a transaction may idle
	Idle        time.Duration // a connection to the server is kept unused
	Lifetime    time.Duration // a connection to the server is kept at all
}

// DefaultWaits suit services whose statements end within 15 s.
var DefaultWaits = Waits{
	Query: 10 * time.Second, Connect: 5 * time.Second, Reserve: time.Second,
	Transaction: time.Minute, Idle: 10 * time.Minute, Lifetime: time.Hour,
}

// Version is a version of PgBouncer.
type Version struct{ Major, Minor, Patch int }

// AtLeast reports whether v is not older than the given version.
func (v Version) AtLeast(major, minor int) bool {
	return v.Major > major || v.Major == major && v.Minor >= minor
}

// Drain is the signal upon which PgBouncer takes no new work, finishes what it
// has and ends. Since 1.23 it lets clients leave in their own time.
func (v Version) Drain() syscall.Signal {
	if v.AtLeast(1, 23) {
		return syscall.SIGTERM
	}
	return syscall.SIGINT
}
