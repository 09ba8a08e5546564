package compose

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/avila-devops/saas/dev/app"
	"github.com/avila-devops/saas/dev/authority"
	"github.com/avila-devops/saas/dev/seed"
	"github.com/avila-devops/saas/dev/server"
)

// mount is where the containers see the files, and Dir where they are, under
// the repository.
const (
	mount = "/saas"
	Dir   = ".dev/compose"
)

type file struct {
	Name     string             `yaml:"name"`
	Services map[string]service `yaml:"services"`
}

type service struct {
	Image       string            `yaml:"image"`
	Network     string            `yaml:"network_mode,omitempty"`
	User        string            `yaml:"user"`
	Entrypoint  []string          `yaml:"entrypoint,omitempty"`
	Command     []string          `yaml:"command,omitempty"`
	WorkingDir  string            `yaml:"working_dir,omitempty"`
	Environment map[string]string `yaml:"environment,omitempty"`
	Volumes     []string          `yaml:"volumes"`
	Ports       []string          `yaml:"ports,omitempty"`
	DependsOn   after             `yaml:"depends_on,omitempty"`
	Health      *health           `yaml:"healthcheck,omitempty"`
	Restart     string            `yaml:"restart,omitempty"`
	StopSignal  string            `yaml:"stop_signal,omitempty"`
	CapDrop     []string          `yaml:"cap_drop"`
	SecurityOpt []string          `yaml:"security_opt"`
}

type condition struct {
	Condition string `yaml:"condition"`
}

type health struct {
	Test     []string `yaml:"test"`
	Interval string   `yaml:"interval"`
	Retries  int      `yaml:"retries"`
}

const (
	started   = "service_started"
	healthy   = "service_healthy"
	completed = "service_completed_successfully"
)

// after is what must have happened to whom.
type after map[string]condition

// container is a server that runs as the files' owner, with no more rights
// than that. All share nginx's network, so that each finds the others on
// loopback, where make dev has them: the certificates and the services'
// refusal to be heard elsewhere hold alike.
func container(image string) service {
	return service{
		Image: Images[image], User: "${AVILA_UID:?run make compose-files first}:${AVILA_GID}", Volumes: []string{"./" + Dir + ":" + mount},
		Network: "service:nginx", CapDrop: []string{"ALL"}, SecurityOpt: []string{"no-new-privileges:true"},
	}
}

func files(name string) string { return mount + "/" + name }

func pair(name string) authority.Pair {
	return authority.Pair{Certificate: files("tls/" + name + ".crt"), Key: files("tls/" + name + ".key")}
}

// Render writes compose.yaml for these services.
func Render(services []string) (string, error) {
	p := &server.Place{Address: "127.0.0.1", Ports: server.DefaultPorts}
	f := file{Name: "avila", Services: map[string]service{"nginx": nginx(p)}}
	servers(p, f.Services)
	tenants(p, f.Services)
	for i, name := range services {
		s := source(reach(p).Variables(server.App), fmt.Sprintf("go build -o /tmp/%[1]s ./%[1]s\nexec /tmp/%[1]s", name))
		s.Environment["ADDRESS"], s.Environment["ADMIN_ADDRESS"] = p.At(p.Ports.Public(i)), p.At(p.Ports.Admin(i))
		s.DependsOn, s.Restart = after{"rows": {completed}, "pgbouncer": {started}, "redis": {started}}, "on-failure"
		f.Services[name] = s
	}
	text := bytes.NewBufferString("# Written by dev/compose: change it there, then run make compose-files.\n# docs/development.md says how to use it.\n")
	encoder := yaml.NewEncoder(text)
	encoder.SetIndent(2)
	if err := encoder.Encode(f); err != nil {
		return "", fmt.Errorf("write compose.yaml: %w", err)
	}
	return text.String(), nil
}

// nginx owns the network, and so the ports of all.
func nginx(p *server.Place) service {
	s := container("nginx")
	s.Network = ""
	s.Entrypoint, s.Command = []string{"nginx"}, []string{"-e", "stderr", "-c", files("conf/nginx.conf"), "-g", "daemon off;"}
	for _, port := range []int{p.Ports.HTTPS, p.Ports.HTTP, p.Ports.Postgres, p.Ports.PgBouncer, p.Ports.Redis, p.Ports.Prometheus} {
		s.Ports = append(s.Ports, fmt.Sprintf("127.0.0.1:%[1]d:%[1]d", port))
	}
	return s
}

func servers(p *server.Place, to map[string]service) {
	postgres := container("postgres")
	args := p.PostgresArgs("*", pair("postgres"), files("tls/ca.crt"), files("conf/pg_hba.conf"))
	// Its image makes the logins over a socket, where it has always been.
	postgres.Command = append([]string{"postgres"}, args...)
	postgres.Command = append(postgres.Command, "-c", "unix_socket_directories=/var/run/postgresql")
	postgres.Environment = map[string]string{"PGDATA": files("data/postgres"), "PGPORT": strconv.Itoa(p.Ports.Postgres), "POSTGRES_PASSWORD_FILE": files("secrets/postgres")}
	postgres.Volumes = append(postgres.Volumes, "./"+Dir+"/conf/logins.sql:/docker-entrypoint-initdb.d/logins.sql:ro")
	postgres.Health = &health{Test: []string{"CMD", "pg_isready", "-q", "-h", "localhost", "-d", server.Database}, Interval: "1s", Retries: 60}
	postgres.StopSignal = "SIGINT"
	to["postgres"] = postgres

	pooler := container("pgbouncer")
	pooler.Entrypoint, pooler.Command = []string{"pgbouncer"}, []string{files("conf/pgbouncer.ini")}
	pooler.DependsOn = after{"postgres": {healthy}}
	to["pgbouncer"] = pooler

	redis := container("redis")
	redis.Command = []string{"redis-server", files("conf/redis.conf")}
	to["redis"] = redis

	prometheus := container("prometheus")
	prometheus.Command = []string{"--config.file=" + files("conf/prometheus.yml"), "--storage.tsdb.path=" + files("data/prometheus"),
		"--storage.tsdb.retention.time=2d", fmt.Sprintf("--web.listen-address=:%d", p.Ports.Prometheus)}
	to["prometheus"] = prometheus
}

// reach is where services find the servers.
func reach(p *server.Place) app.Reach {
	pooler := p.At(p.Ports.PgBouncer)
	return app.Reach{
		Files: mount, Write: pooler, Read: pooler, ReadName: server.ReadPool, Redis: p.At(p.Ports.Redis), TLS: "verify-full", Site: p.URL(server.Domain),
	}
}

// source runs a script in apps/, with a Go that keeps its builds.
func source(environment map[string]string, script string) service {
	s := container("go")
	environment["HOME"], environment["GOFLAGS"] = files("go"), "-buildvcs=false"
	environment["GOCACHE"], environment["GOPATH"] = files("go/build"), files("go/path")
	s.Environment, s.WorkingDir = environment, "/apps"
	s.Entrypoint, s.Command = []string{"sh", "-ec"}, []string{script}
	s.Volumes = append(s.Volumes, "./apps:/apps:ro")
	return s
}

// tenants makes the tenants, and their rows, and ends.
func tenants(p *server.Place, to map[string]service) {
	owner := reach(p)
	owner.Write = p.At(p.Ports.Postgres)
	owner.Read, owner.ReadName = owner.Write, server.Database
	provision := []string{"go build -o /tmp/tenantctl ./tenantctl", "/tmp/tenantctl prepare", "/tmp/tenantctl migrate"}
	var rows []string
	for _, t := range seed.Tenants {
		provision = append(provision, fmt.Sprintf("/tmp/tenantctl list -json | tr -d ' \\n' | grep -qi '\"name\":\"%[1]s\"' || /tmp/tenantctl provision %[1]s -host %[2]s -admin-email %[3]s -admin-password-file %[4]s",
			t.Name, t.Host(), t.Email(), files("secrets/tenant-"+t.Name)))
		if !t.Clinic() {
			continue
		}
		rows = append(rows, fmt.Sprintf("psql -X -q -v ON_ERROR_STOP=1 -v tenant=%s -v 'title=%s' -v 'colour=%s' -f %s", t.Name, t.Title, t.Colour, files("conf/clinic.sql")))
	}
	provisioning := source(owner.Variables(server.Provisioner), strings.Join(provision, "\n"))
	provisioning.DependsOn = after{"postgres": {healthy}}
	to["tenants"] = provisioning

	fill := container("postgres")
	fill.Entrypoint, fill.Command = []string{"sh", "-ec"}, []string{strings.Join(rows, "\n")}
	fill.Environment = map[string]string{
		"PGHOST": p.Address, "PGPORT": strconv.Itoa(p.Ports.Postgres), "PGUSER": "postgres", "PGDATABASE": server.Database, "PGPASSFILE": files("secrets/pgpass"),
		"PGSSLMODE": "verify-full", "PGSSLROOTCERT": files("tls/ca.crt"), "PGSSLCERT": files("tls/operator.crt"), "PGSSLKEY": files("tls/operator.key"),
	}
	fill.DependsOn = after{"tenants": {completed}}
	to["rows"] = fill
}
