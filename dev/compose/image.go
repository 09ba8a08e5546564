package compose

import (
	"github.com/avila-devops/saas/components/gateway/nginxconf"
	"github.com/avila-devops/saas/components/pgbouncer/ini"
)

// Images are the official images, by server; "go" is what builds and runs the
// services from their source.
var Images = map[string]string{
	"postgres":   "docker.io/library/postgres:17",
	"pgbouncer":  "docker.io/edoburu/pgbouncer:v1.25.2-p0",
	"redis":      "docker.io/library/redis:7.2",
	"nginx":      "docker.io/nginxinc/nginx-unprivileged:1.30.5-alpine-slim",
	"prometheus": "quay.io/prometheus/prometheus:v3.14.0-distroless",
	"go":         "docker.io/library/golang:1.26",
}

// The versions in the images, which decide how some directives are written.
var (
	nginxVersion     = nginxconf.Version{Major: 1, Minor: 30, Patch: 5}
	pgbouncerVersion = ini.Version{Major: 1, Minor: 25, Patch: 2}
)
