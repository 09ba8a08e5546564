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
	"path/filepath"

	"github.com/avila-devops/saas/dev/server"
)

// Environment is what a service is told: the variables of apps/README.md.
func Environment(p *server.Place, login string) ([]string, error) {
	pair, err := p.Certificate("services")
	if err != nil {
		return nil, err
	}
	database, _, err := p.Secret(login)
	if err != nil {
		return nil, err
	}
	redis, _, err := p.Secret("redis")
	if err != nil {
		return nil, err
	}
	keys := p.Path("keys")
	if err := signingKey(filepath.Join(keys, "dev.pem")); err != nil {
		return nil, err
	}
	return []string{
		"PATH=/usr/bin:/bin", "HOME=" + p.Dir, "TZ=America/Sao_Paulo", "DRAIN=0s",
		"DATABASE_WRITE=" + p.At(p.Ports.PgBouncer), "DATABASE_READ=" + p.At(p.Ports.PgBouncer), "DATABASE_NAME=" + server.Database, "DATABASE_READ_NAME=" + server.ReadPool,
		"DATABASE_LOGIN=" + login, "DATABASE_PASSWORD_FILE=" + database, "DATABASE_SCHEMA=dev",
		"DATABASE_TLS=verify-full", "DATABASE_CA_FILE=" + p.CA.CA(), "DATABASE_CERT_FILE=" + pair.Certificate, "DATABASE_KEY_FILE=" + pair.Key,
		"REDIS_ADDRESS=" + p.At(p.Ports.Redis), "REDIS_CA_FILE=" + p.CA.CA(), "REDIS_AUTH_FILE=" + redis,
		"MEDIA_DIR=" + p.Path("media"), "MEDIA_URL=" + p.URL(server.Domain) + "media",
		"AUTH_KEYS_DIR=" + keys, "AUTH_ISSUER=" + p.URL(server.Domain),
	}, nil
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
