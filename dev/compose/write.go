package compose

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/avila-devops/saas/components/gateway/nginxconf"
	"github.com/avila-devops/saas/components/pgbouncer/ini"
	"github.com/avila-devops/saas/dev/app"
	"github.com/avila-devops/saas/dev/seed"
	"github.com/avila-devops/saas/dev/server"
)

// Write makes compose.yaml in the repository, and what its containers mount.
func Write(root string, services []string) error {
	text, err := Render(services)
	if err != nil {
		return err
	}
	p, err := server.New(filepath.Join(root, Dir), "127.0.0.1", server.DefaultPorts, nil, nil)
	if err != nil {
		return err
	}
	contents, err := configure(p, services)
	if err != nil {
		return err
	}
	uid, gid := p.Owner()
	contents["env"] = fmt.Sprintf("AVILA_UID=%d\nAVILA_GID=%d\n", uid, gid)
	var errs []error
	for name, content := range contents {
		errs = append(errs, os.WriteFile(p.Path(name), []byte(content), 0o600))
	}
	for _, name := range []string{"data/nginx", "data/prometheus", "data/redis", "data/postgres", "go"} {
		errs = append(errs, os.MkdirAll(p.Path(name), 0o700))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("write what the containers mount: %w", err)
	}
	if os.Getuid() == 0 { // the containers run as another
		if err := hand(p.Dir, uid, gid); err != nil {
			return err
		}
	}
	if err := os.WriteFile(filepath.Join(root, "compose.yaml"), []byte(text), 0o644); err != nil {
		return fmt.Errorf("write compose.yaml: %w", err)
	}
	return nil
}

// configure writes what the servers are told, and makes what they are known
// by.
func configure(p *server.Place, services []string) (map[string]string, error) {
	if err := app.Prepare(p); err != nil {
		return nil, err
	}
	for _, name := range []string{"postgres", "pgbouncer", "redis", "operator"} {
		if _, err := p.Certificate(name); err != nil {
			return nil, err
		}
	}
	if _, err := p.Certificate("nginx", server.Domain, "*."+server.Domain); err != nil {
		return nil, err
	}
	for _, t := range seed.Tenants {
		if _, _, err := t.Password(p); err != nil {
			return nil, err
		}
	}
	passwords := map[string]string{}
	for _, name := range []string{"postgres", "redis", server.Lookup} {
		_, text, err := p.Secret(name)
		if err != nil {
			return nil, err
		}
		passwords[name] = text
	}
	logins, err := p.LoginStatements()
	if err != nil {
		return nil, err
	}
	var public, admin []server.Upstream
	for i, name := range services {
		public = append(public, server.Upstream{Name: name, Address: p.At(p.Ports.Public(i))})
		admin = append(admin, server.Upstream{Name: name, Address: p.At(p.Ports.Admin(i))})
	}
	gateway, err := nginxconf.Render(p.Gateway(nginxVersion, mount, seed.Hosts(), public))
	if err != nil {
		return nil, err
	}
	pooler, err := ini.Render(p.Pooler("0.0.0.0", p.Address, p.Ports.Postgres, pgbouncerVersion, mount))
	if err != nil {
		return nil, err
	}
	scrapes, err := server.Scrape(admin)
	if err != nil {
		return nil, err
	}
	return map[string]string{
		"conf/logins.sql": logins, "conf/clinic.sql": seed.Rows, "conf/nginx.conf": gateway, "conf/pgbouncer.ini": pooler, "conf/prometheus.yml": scrapes,
		"conf/pgbouncer-users.txt": server.Users(passwords[server.Lookup]),
		"conf/pg_hba.conf":         "local all all scram-sha-256\n" + server.Admission("all"),
		"conf/redis.conf":          p.Memory("0.0.0.0", pair("redis"), files("tls/ca.crt"), passwords["redis"], files("data/redis")),
		"secrets/pgpass":           fmt.Sprintf("*:*:*:postgres:%s\n", passwords["postgres"]),
	}, nil
}

// hand gives a directory and all in it to another user.
func hand(dir string, uid, gid int) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("hand the files to the containers: %w", err)
	}
	defer func() { _ = root.Close() }() // it was only walked
	if err := fs.WalkDir(root.FS(), ".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return root.Lchown(path, uid, gid)
	}); err != nil {
		return fmt.Errorf("hand the files to the containers: %w", err)
	}
	return nil
}
