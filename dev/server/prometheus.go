package server

import (
	"fmt"
	"io"

	"gopkg.in/yaml.v3"

	"github.com/avila-devops/saas/dev/process"
)

// scrapes is prometheus.yml. Nothing is recorded and nobody is alerted: that
// is the clusters'.
type scrapes struct {
	Global struct {
		Interval string `yaml:"scrape_interval"`
		Timeout  string `yaml:"scrape_timeout"`
	} `yaml:"global"`
	Jobs []job `yaml:"scrape_configs"`
}

type job struct {
	Name    string   `yaml:"job_name"`
	Targets []target `yaml:"static_configs"`
}

type target struct {
	Addresses []string `yaml:"targets"`
}

// Scrape is prometheus.yml for the services' admin listeners.
func Scrape(admins []Upstream) (string, error) {
	var s scrapes
	s.Global.Interval, s.Global.Timeout = "5s", "4s"
	for _, service := range admins {
		s.Jobs = append(s.Jobs, job{service.Name, []target{{[]string{service.Address}}}})
	}
	text, err := yaml.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("write prometheus.yml: %w", err)
	}
	return "# Written by dev/server: change it there.\n" + string(text), nil
}

// Prometheus prepares Prometheus, which asks the services' admin listeners for
// their metrics.
func (p *Place) Prometheus(admins []Upstream, out io.Writer) (process.Spec, error) {
	text, err := Scrape(admins)
	if err != nil {
		return process.Spec{}, err
	}
	path, err := p.configure("prometheus.yml", text)
	if err != nil {
		return process.Spec{}, err
	}
	dir, err := p.room("data", "prometheus")
	return process.Spec{
		Name: "prometheus", Path: p.Programs["prometheus"], Env: p.bare(), Dir: dir, User: p.user, Output: out,
		Args: []string{"--config.file=" + path, "--storage.tsdb.path=" + dir, "--storage.tsdb.retention.time=2d",
			"--web.listen-address=" + p.At(p.Ports.Prometheus), "--log.level=warn"},
	}, err
}
