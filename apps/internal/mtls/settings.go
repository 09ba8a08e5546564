package mtls

import (
	"net"
	"strings"

	"github.com/avila-devops/saas/apps/internal/config"
)

// Settings say who a service is to its callers, and who they may be.
type Settings struct {
	Files Files
	Peers Peers
}

// LoadSettings reads the settings of a service that listens on an address.
// They may be left out on loopback alone, where services are developed: what
// is heard elsewhere would have no known caller. Problems are kept in r.
func LoadSettings(r *config.Reader, address string) Settings {
	s := Settings{Files: Files{Cert: r.Optional("MTLS_CERT_FILE"), Key: r.Optional("MTLS_KEY_FILE"), CA: r.Optional("MTLS_CA_FILE")}}
	peers := r.Optional("MTLS_PEERS")
	given := map[string]string{"MTLS_CERT_FILE": s.Files.Cert, "MTLS_KEY_FILE": s.Files.Key, "MTLS_CA_FILE": s.Files.CA, "MTLS_PEERS": peers}
	set := 0
	for _, value := range given {
		if value != "" {
			set++
		}
	}
	host, _, _ := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	if loopback := host == "localhost" || ip != nil && ip.IsLoopback(); set == 0 && loopback {
		return s
	}
	for _, name := range []string{"MTLS_CERT_FILE", "MTLS_KEY_FILE", "MTLS_CA_FILE", "MTLS_PEERS"} {
		if given[name] == "" {
			r.Refuse(name, "", "is not set, and the service would not know its callers", "set MTLS_CERT_FILE, MTLS_KEY_FILE, MTLS_CA_FILE and MTLS_PEERS, or listen on loopback without any of them")
		}
	}
	if peers != "" {
		s.Peers = strings.Split(peers, ",")
		if err := s.Peers.check(); err != nil {
			r.Refuse("MTLS_PEERS", peers, "is not a list of names", "write names as the callers' certificates have them, with commas between: "+err.Error())
		}
	}
	return s
}

// On reports whether callers must show a certificate.
func (s Settings) On() bool { return s.Files.Cert != "" }
