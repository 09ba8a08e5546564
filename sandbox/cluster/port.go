package cluster

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strconv"

	"github.com/avila-devops/saas/sandbox/atomicfile"
)

// portsFile remembers the ports, so that a kubeconfig outlives a restart.
const portsFile = "ports.json"

// ports are the loopback ports of the cluster's two servers.
type ports struct {
	Etcd int `json:"etcd"`
	API  int `json:"api"`
}

func (c Cluster) readPorts() (ports, error) {
	text, err := os.ReadFile(c.path(portsFile))
	if err != nil {
		return ports{}, err
	}
	var p ports
	if err := json.Unmarshal(text, &p); err != nil {
		return ports{}, fmt.Errorf("%s: %w", c.path(portsFile), err)
	}
	return p, nil
}

// choosePorts returns the recorded ports where they are free, and others where
// another program took them meanwhile, and records the choice.
func (c Cluster) choosePorts() (ports, error) {
	p, _ := c.readPorts() // a missing or damaged record has no ports to keep
	for _, port := range []*int{&p.Etcd, &p.API} {
		listener, err := net.Listen("tcp", loopback(*port))
		if err != nil {
			listener, err = net.Listen("tcp", loopback(0))
		}
		if err != nil {
			return ports{}, fmt.Errorf("find a free port on 127.0.0.1: %w", err)
		}
		// Held until both are chosen, so that they differ.
		defer func() { _ = listener.Close() }()
		*port = listener.Addr().(*net.TCPAddr).Port
	}
	text, err := json.Marshal(p)
	if err != nil {
		return ports{}, err
	}
	return p, atomicfile.Write(c.path(portsFile), text, 0o600)
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }
