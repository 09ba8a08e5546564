package app

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/avila-devops/saas/dev/server"
)

// House is the tenant of the platform itself: whose visitors' requests those
// of its own site are.
const House = "avila"

// Reach is where a service finds what it rests on.
type Reach struct {
	Files                        string // the directory of what server.Place keeps
	Write, Read, ReadName, Redis string
	TLS                          string // how the database's certificate is judged
	Site                         string // the platform's own address
}

// Variables are what a service is told: those of apps/README.md.
func (r Reach) Variables(login string) map[string]string {
	return map[string]string{
		"DRAIN": "0s", "TZ": "America/Sao_Paulo",
		"DATABASE_WRITE": r.Write, "DATABASE_READ": r.Read, "DATABASE_NAME": server.Database, "DATABASE_READ_NAME": r.ReadName,
		"DATABASE_LOGIN": login, "DATABASE_PASSWORD_FILE": r.Files + "/secrets/" + login, "DATABASE_SCHEMA": "dev",
		"DATABASE_TLS": r.TLS, "DATABASE_CA_FILE": r.Files + "/tls/ca.crt",
		"DATABASE_CERT_FILE": r.Files + "/tls/services.crt", "DATABASE_KEY_FILE": r.Files + "/tls/services.key",
		"REDIS_ADDRESS": r.Redis, "REDIS_CA_FILE": r.Files + "/tls/ca.crt", "REDIS_AUTH_FILE": r.Files + "/secrets/redis",
		"MEDIA_DIR": r.Files + "/media", "MEDIA_URL": r.Site + "media/",
		"AUTH_KEYS_DIR": r.Files + "/keys", "AUTH_ISSUER": r.Site,
		"LANDING_MODE": "tenants", "LANDING_APEX": server.Domain, "LANDING_TENANT": House, "PAYMENTS": "none",
	}
}

// Prepare makes the files that the variables name, where they are absent.
func Prepare(p *server.Place) error {
	if _, err := p.Certificate("services"); err != nil {
		return err
	}
	for _, name := range []string{server.App, server.Provisioner, "redis"} {
		if _, _, err := p.Secret(name); err != nil {
			return err
		}
	}
	return signingKey(p.Path("keys", "dev.pem"))
}

// Environment is the whole environment of a service that runs here, as a
// login, through the pooler.
func Environment(p *server.Place, login string) ([]string, error) {
	return environment(p, login, Reach{Write: p.At(p.Ports.PgBouncer), Read: p.At(p.Ports.PgBouncer), ReadName: server.ReadPool})
}

// OwnerEnvironment is tenantctl's, which goes past the pooler: what migrates
// holds locks of a session.
func OwnerEnvironment(p *server.Place) ([]string, error) {
	return environment(p, server.Provisioner, Reach{Write: p.At(p.Ports.Postgres), Read: p.At(p.Ports.Postgres), ReadName: server.Database})
}

func environment(p *server.Place, login string, r Reach) ([]string, error) {
	if err := Prepare(p); err != nil {
		return nil, err
	}
	r.Files, r.Redis, r.TLS, r.Site = p.Dir, p.At(p.Ports.Redis), "verify-full", p.URL(server.Domain)
	env := []string{"PATH=/usr/bin:/bin", "HOME=" + p.Dir}
	for name, value := range r.Variables(login) {
		env = append(env, name+"="+value)
	}
	return env, nil
}

// signingKey makes the key that signs access tokens, when there is none.
func signingKey(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("make the key of access tokens: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return fmt.Errorf("make the key of access tokens: %w", err)
	}
	if err := os.WriteFile(path+".new", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600); err != nil {
		return fmt.Errorf("make the key of access tokens: %w", err)
	}
	return os.Rename(path+".new", path)
}
