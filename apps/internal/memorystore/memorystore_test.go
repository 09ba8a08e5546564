package memorystore_test

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/certtest"
	"github.com/avila-devops/saas/apps/internal/memorystore"
	"github.com/avila-devops/saas/apps/internal/redistest"
)

// instance is a server as Memorystore runs one: TLS with a certificate that
// names it in the common name only, and a password.
func instance(t *testing.T) (server *redistest.Server, authority *certtest.Authority) {
	t.Helper()
	authority = certtest.New(t, "instance")
	cert, key := authority.Issue(certtest.Leaf{CommonName: "10.0.0.3"})
	dir := t.TempDir()
	server = redistest.StartTLS(t, certtest.Write(t, dir, "cert.pem", cert), certtest.Write(t, dir, "key.pem", key), "--requirepass", "first", "--tls-ca-cert-file", certtest.Write(t, dir, "ca.pem", authority.PEM))
	return server, authority
}

func open(t *testing.T, opt memorystore.Options) *memorystore.Store {
	t.Helper()
	opt.Wait = 3 * time.Second
	s, err := memorystore.Open(opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// ASVS: v5.0.0-12.3.1.
func TestAServerOfTheInstancesAuthorityIsTrustedWithoutItsNameBeingAskedFor(t *testing.T) {
	t.Parallel()
	server, authority := instance(t)
	s := open(t, memorystore.Options{
		Address: server.Addr, CAFile: server.Write("ca", string(authority.PEM)), AuthFile: server.Write("auth", "first\n"),
	})
	if err := s.Primary.Set(context.Background(), "k", "v", time.Minute).Err(); err != nil {
		t.Error(err)
	}
}

// ASVS: v5.0.0-12.3.2.
func TestAServerOfAnotherAuthorityIsRefused(t *testing.T) {
	t.Parallel()
	server, _ := instance(t)
	s := open(t, memorystore.Options{
		Address: server.Addr, CAFile: server.Write("ca", string(certtest.New(t, "instance").PEM)), AuthFile: server.Write("auth", "first"),
	})
	err := s.Primary.Ping(context.Background()).Err()
	if err == nil || !strings.Contains(err.Error(), "the server's certificate is not of the instance's authority in ") {
		t.Errorf("got %v", err)
	}
}

// ASVS: v5.0.0-13.2.1.
func TestARenewedAuthorityAndPasswordAreTakenWithoutARestart(t *testing.T) {
	t.Parallel()
	server, authority := instance(t)
	ca, auth := server.Write("ca", string(certtest.New(t, "older").PEM)), server.Write("auth", "older")
	s := open(t, memorystore.Options{Address: server.Addr, CAFile: ca, AuthFile: auth})
	if err := s.Primary.Ping(context.Background()).Err(); err == nil {
		t.Fatal("the older authority is accepted")
	}
	server.Write("ca", string(authority.PEM))
	if err := s.Primary.Ping(context.Background()).Err(); err == nil || !strings.Contains(err.Error(), "WRONGPASS") {
		t.Fatalf("the older password gives %v", err)
	}
	server.Write("auth", "first")
	if err := s.Primary.Ping(context.Background()).Err(); err != nil {
		t.Errorf("the new password gives %v", err)
	}
	if err := os.Remove(ca); err != nil {
		t.Fatal(err)
	}
	other := open(t, memorystore.Options{Address: server.Addr, CAFile: server.Write("ca2", string(authority.PEM)), AuthFile: auth})
	if err := os.Remove(server.Write("ca2", "")); err != nil {
		t.Fatal(err)
	}
	if err := other.Primary.Ping(context.Background()).Err(); err != nil {
		t.Errorf("an authority that was read once is lost with its file: %v", err)
	}
}

func TestOptionsThatCannotBeUsedAreRefusedAllAtOnce(t *testing.T) {
	t.Parallel()
	_, err := memorystore.Open(memorystore.Options{Address: "10.0.0.3:6378", ReadAddress: "10.0.0.4", AuthFile: "/nowhere/auth"})
	for _, want := range []string{
		`redis address "10.0.0.3:6378": without a CA file there is no TLS`,
		`redis address "10.0.0.4": not host:port`,
		"redis password: open /nowhere/auth",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
}

func TestReadsGoToTheReplica(t *testing.T) {
	t.Parallel()
	primary := redistest.Start(t)
	_, port, _ := strings.Cut(primary.Addr, ":")
	replica := redistest.Start(t, "--replicaof", "127.0.0.1 "+port)
	s := open(t, memorystore.Options{Address: primary.Addr, ReadAddress: replica.Addr})
	ctx := context.Background()
	if err := s.Primary.Set(ctx, "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		got, err := s.Replica.Get(ctx, "k").Result()
		if got == "v" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the replica has %q, %v", got, err)
		}
	}
	if err := s.Replica.Set(ctx, "k", "w", 0).Err(); err == nil || !strings.Contains(err.Error(), "READONLY") {
		t.Errorf("a write to the replica gives %v", err)
	}
}
