package postgres_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/avila-devops/saas/apps/internal/config"
	"github.com/avila-devops/saas/apps/internal/postgres"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
)

// environment is a good one.
var environment = map[string]string{"DATABASE_WRITE": "pgbouncer:6432", "DATABASE_CA_FILE": "/tls/ca.crt"}

func read(env map[string]string) (postgres.Settings, error) {
	r := config.From(func(name string) (string, bool) { text, ok := env[name]; return text, ok })
	s := postgres.Load(r)
	return s, r.Err()
}

func TestSettingsHaveDefaultsThatAreSafe(t *testing.T) {
	t.Parallel()
	s, err := read(environment)
	if err != nil {
		t.Fatal(err)
	}
	if s.Read != s.Write || s.ReadDatabase != "avila" || s.TLS != postgres.VerifyFull || s.Login != "app" || s.Timeout != 15*time.Second || s.Slow != 500*time.Millisecond || s.Schema != "prod" || s.Connections != 10 {
		t.Errorf("settings are %+v", s)
	}
}

func TestSettingsThatCannotBeUsedAreNamed(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		set  map[string]string
		want string
	}{
		"no address":          {map[string]string{"DATABASE_WRITE": ""}, `DATABASE_WRITE: "" is not set; set it`},
		"no port":             {map[string]string{"DATABASE_WRITE": "pgbouncer"}, `DATABASE_WRITE: "pgbouncer" is not host:port; write both, like pgbouncer:6432`},
		"no port to read":     {map[string]string{"DATABASE_READ": "replica"}, `DATABASE_READ: "replica" is not host:port`},
		"in the clear":        {map[string]string{"DATABASE_TLS": "off"}, `DATABASE_TLS: "off" would send DATABASE_WRITE's rows in the clear; use verify-full or verify-ca; off is for loopback`},
		"a weak mode":         {map[string]string{"DATABASE_TLS": "require"}, `DATABASE_TLS: "require" is not allowed; write one of verify-full, verify-ca, off`},
		"no authority":        {map[string]string{"DATABASE_CA_FILE": ""}, `DATABASE_CA_FILE: "" is set to nothing`},
		"half a certificate":  {map[string]string{"DATABASE_CERT_FILE": "/tls/tls.crt"}, `and DATABASE_KEY_FILE go together; set both or none`},
		"no connections":      {map[string]string{"DATABASE_CONNECTIONS": "0"}, `DATABASE_CONNECTIONS: "0" is not between 1 and 1000`},
		"some connections":    {map[string]string{"DATABASE_CONNECTIONS": "some"}, `DATABASE_CONNECTIONS: "some" is not a whole number`},
		"no time":             {map[string]string{"DATABASE_TIMEOUT": "0"}, `DATABASE_TIMEOUT: "0" is not between 1ms and 10m0s`},
		"a schema of its own": {map[string]string{"DATABASE_SCHEMA": "public"}, `DATABASE_SCHEMA: "public" is not allowed; write one of prod, staging, dev`},
	} {
		env := maps.Clone(environment)
		maps.Copy(env, row.set)
		if _, err := read(env); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: error is %v, without %s", name, err, row.want)
		}
	}
}

func TestActiveDividesByMaxAsTheDashboardDoes(t *testing.T) {
	t.Parallel()
	p, err := postgres.Open(t.Context(), settings(postgrestest.App, "postgres"), postgres.ForReads)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	registry := prometheus.NewRegistry()
	m := postgres.NewMetrics(registry, p)
	conn, err := p.Raw().Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	m.Observe(postgres.ForReads, time.Second, true, true)
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, metric := range f.GetMetric() {
			labels := ""
			for _, l := range metric.GetLabel() {
				labels += l.GetName() + "=" + l.GetValue() + ","
			}
			got[f.GetName()+"{"+labels+"}"] = metric.GetGauge().GetValue() + metric.GetCounter().GetValue() + float64(metric.GetHistogram().GetSampleCount())
		}
	}
	for series, want := range map[string]float64{
		"db_connections_active{pool=read,}": 1, "db_connections_max{pool=read,}": 2,
		"db_query_seconds{outcome=error,pool=read,}": 1, "db_slow_queries_total{pool=read,}": 1,
	} {
		if v, ok := got[series]; !ok || v != want {
			t.Errorf("%s is %v among %v", series, v, got)
		}
	}
}
