package cluster

import (
	"fmt"
	"strconv"
)

// Endpoint is where and how a cluster's API is reached on this machine.
type Endpoint struct {
	Server    string // https://127.0.0.1:port
	CAFile    string // the authority that the server's certificate is from
	TokenFile string // holds the sandbox's token
}

// Endpoint returns the cluster's address. It fails when the cluster never ran.
func (c Cluster) Endpoint() (Endpoint, error) {
	p, err := c.readPorts()
	if err != nil {
		return Endpoint{}, fmt.Errorf("cluster %s has no address yet: run make up: %w", c, err)
	}
	return Endpoint{
		Server:    "https://127.0.0.1:" + strconv.Itoa(p.API),
		CAFile:    c.path(authorityFile),
		TokenFile: c.home.Token(),
	}, nil
}
