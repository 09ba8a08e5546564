package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/redistest"
)

var cluster *postgrestest.Cluster

func TestMain(m *testing.M) {
	os.Exit(postgrestest.Main(m, func(c *postgrestest.Cluster) { cluster = c }))
}

// shell runs tenantctl against a database of its own.
type shell struct {
	t   *testing.T
	env map[string]string
	dir string
}

func newShell(t *testing.T) *shell {
	t.Helper()
	s := &shell{t: t, dir: t.TempDir()}
	s.env = map[string]string{
		"DATABASE_WRITE": "127.0.0.1:" + strconv.Itoa(cluster.Port), "DATABASE_NAME": cluster.Database(t), "DATABASE_TLS": "off",
		"DATABASE_PASSWORD_FILE": s.file("password", postgrestest.Password), "DATABASE_TIMEOUT": "1m",
		"REDIS_ADDRESS": "127.0.0.1:1", "MEDIA_DIR": t.TempDir(), "MEDIA_URL": "https://localhost/arquivos/",
	}
	return s
}

func (s *shell) file(name, text string) string {
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// runs runs a command, holds it to an exit code, and returns its streams.
func (s *shell) runs(code int, args ...string) (out, complaint string) {
	s.t.Helper()
	var stdout, stderr bytes.Buffer
	got := run(s.t.Context(), args, func(name string) (string, bool) { text, ok := s.env[name]; return text, ok }, &stdout, &stderr)
	if got != code {
		s.t.Fatalf("tenantctl %s exits with %d, not %d:\n%s%s", strings.Join(args, " "), got, code, &stdout, &stderr)
	}
	return stdout.String(), stderr.String()
}

func (s *shell) says(code int, want string, args ...string) {
	s.t.Helper()
	if out, complaint := s.runs(code, args...); !strings.Contains(out+complaint, want) {
		s.t.Errorf("tenantctl %s says\n%s%swithout %q", strings.Join(args, " "), out, complaint, want)
	}
}

func (s *shell) keys() (private, public string) {
	s.t.Helper()
	pub, priv, err := ed25519.GenerateKey(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	privDER, err := x509.MarshalPKCS8PrivateKey(priv)
	if err != nil {
		s.t.Fatal(err)
	}
	pubDER, err := x509.MarshalPKIXPublicKey(pub)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.file("key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: privDER}))),
		s.file("pub.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: pubDER})))
}

func TestTheLifeOfATenant(t *testing.T) {
	t.Parallel()
	s, name := newShell(t), cluster.Tenant()
	s.env["REDIS_ADDRESS"] = redistest.Start(t).Addr
	host := "cliente-" + name + ".aviladevops.com.br"
	s.says(0, "the database is ready for tenants, in the shared schema prod", "prepare")
	s.says(0, "the database is ready", "prepare")
	s.says(0, "made 1 spare schemas", "spares", "-count", "1")
	password := s.file("admin", "uma senha bem comprida\n")
	s.says(0, "tenant "+name+" is at "+host+", made from a spare schema\nits first user is cliente_"+name+"_admin",
		"provision", name, "-host", host, "-admin-email", "a@example.com", "-admin-password-file", password)
	out, _ := s.runs(0, "list", "-json")
	var list struct {
		Tenants []struct{ Name, Host, State string }
		Spares  int
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil || len(list.Tenants) != 1 || list.Tenants[0].Host != host || list.Tenants[0].State != "active" || list.Spares != 0 {
		t.Errorf("the list is %s: %v", out, err)
	}
	s.says(0, "0 schemas migrated; 0 tenants are behind version", "migrate")
	s.says(0, "tables of 1 tenants looked at, 0 findings", "verify")
	archive := filepath.Join(s.dir, "a.tar.gz")
	s.says(0, "rows of tenant "+name+" are in "+archive, "export", name, "-output", archive)
	if info, err := os.Stat(archive); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the archive is %v: %v", info, err)
	}
	s.says(2, "is there already; name another file", "export", name, "-output", archive)
	private, public := s.keys()
	s.says(1, "it is active and would have to be suspended; suspend it first", "erase", name, "-confirm", name, "-key", private)
	s.says(0, "tenant "+name+" is suspended", "suspend", name)
	s.says(1, "it is suspended and would have to be active", "suspend", name)
	s.says(0, "tenant "+name+" is active", "resume", name)
	s.says(0, `"state": "suspended"`, "suspend", "-json", name)
	s.says(2, "nothing brings an erased tenant back; write -confirm "+name, "erase", name, "-key", private)
	report := filepath.Join(s.dir, "report.json")
	s.says(0, `"backups_expire_at"`, "erase", name, "-confirm", name, "-key", private, "-output", report, "-backup-days", "40")
	s.says(0, "the report is as it was signed: tenant "+name+" was erased on", "report", report, "-key", public)
	_, other := s.keys()
	s.says(1, "the signature is not of this report and key", "report", report, "-key", other)
	s.says(1, "already there", "provision", name, "-host", host)
	s.says(0, "erased", "list")
}

func TestFindingsHaveAnExitCodeOfTheirOwn(t *testing.T) {
	t.Parallel()
	s, name := newShell(t), cluster.Tenant()
	s.runs(0, "prepare")
	s.runs(0, "provision", name, "-host", name+".example")
	conn := cluster.Connect(t, postgrestest.Provisioner, s.env["DATABASE_NAME"])
	if _, err := conn.Exec(t.Context(), "alter table tenant_"+name+".patients no force row level security"); err != nil {
		t.Fatal(err)
	}
	s.says(3, "tenant_"+name+".patients does not force row level security on its owner", "verify")
	s.says(3, `"problem": "does not force row level security on its owner"`, "verify", "-json")
	s.env["DATABASE_LOGIN"] = postgrestest.Provisioner
	s.says(1, "login is not bound to one tenant at a time: provisioner", "verify")
}

// ASVS: v5.0.0-6.2.4 (passwords in use).
func TestACommandThatCannotBeUsedDoesNothing(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	short, easy := s.file("short", "curta"), s.file("easy", "senha123456789")
	for name, row := range map[string]struct {
		args []string
		want string
	}{
		"no such command":  {[]string{"provide"}, `there is no command "provide"; tenantctl help lists those there are`},
		"no tenant":        {[]string{"provision", "-host", "a.example"}, "tenantctl provision <tenant>; it got 0 arguments"},
		"two tenants":      {[]string{"suspend", "a", "b"}, "tenantctl suspend <tenant>; it got 2 arguments"},
		"no such flag":     {[]string{"list", "-all"}, "flag provided but not defined: -all; tenantctl list -h shows its flags"},
		"no host":          {[]string{"provision", "a"}, "-host is not set; write the tenant's host name in full, like cliente-a.aviladevops.com.br"},
		"a short password": {[]string{"provision", "a", "-host", "a.example", "-admin-email", "a@a", "-admin-password-file", short}, "a senha tem 5 caracteres"},
		"an easy password": {[]string{"provision", "a", "-host", "a.example", "-admin-email", "a@a", "-admin-password-file", easy}, "a senha é fácil de adivinhar"},
		"no address":       {[]string{"provision", "a", "-host", "a.example", "-admin-password-file", short}, "-admin-password-file is set and -admin-email is not; set both"},
		"no key":           {[]string{"erase", "a", "-confirm", "a"}, "-key is not set; name a file with a PRIVATE KEY"},
		"another's key":    {[]string{"erase", "a", "-confirm", "a", "-key", short}, "holds no PRIVATE KEY in PEM"},
		"no days":          {[]string{"erase", "a", "-confirm", "a", "-backup-days", "0"}, "-backup-days: 0 is not between 1 and 3650"},
		"no output":        {[]string{"export", "a"}, "-output is not set; name the file to write, like a.tar.gz"},
	} {
		if _, complaint := s.runs(2, row.args...); !strings.HasPrefix(complaint, "tenantctl: usage: ") || !strings.Contains(complaint, row.want) {
			t.Errorf("%s: complaint is %q, without %q", name, complaint, row.want)
		}
	}
	s.env["DATABASE_WRITE"] = "database"
	s.says(2, `the environment cannot be used; nothing was done:`+"\n"+`DATABASE_`, "list")
}

func TestHelpNamesEveryCommandAndFlag(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	out, _ := s.runs(0)
	for _, c := range commands {
		if !strings.Contains(out, "\n  "+strings.TrimSpace(c.name+" "+c.arguments)) {
			t.Errorf("help lacks %s", c.name)
		}
		s.says(0, "-json", c.name, "-h")
	}
	s.says(0, "-backup-days", "erase", "-h")
}

func TestAnExportThatFailsLeavesNoFile(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.runs(0, "prepare")
	archive := filepath.Join(s.dir, "a.tar.gz")
	s.says(1, "no such tenant: nobody", "export", "nobody", "-output", archive)
	left, err := filepath.Glob(archive + "*")
	if err != nil || len(left) > 0 {
		t.Errorf("%v is left: %v", left, err)
	}
}
