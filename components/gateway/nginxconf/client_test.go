package nginxconf

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// visit is a request as the load balancer would pass it on.
type visit struct {
	client string // address in the PROXY header; empty sends none
	host   string
	method string // GET unless set
	path   string
	header map[string]string
	body   string
	max    uint16 // newest version of TLS; 0 means TLS 1.3
	sni    string // host unless set
}

// answer is what came back, its body read.
type answer struct {
	*http.Response
	text  string
	state tls.ConnectionState
}

// end closes a connection. The other side may have, before.
func end(t *testing.T, conn net.Conn) {
	t.Helper()
	if secured, ok := conn.(*tls.Conn); ok {
		conn = secured.NetConn()
	}
	if err := conn.Close(); err != nil && !errors.Is(err, net.ErrClosed) {
		t.Error(err)
	}
}

// proxied opens a connection to a port and says for whom.
func (g *gateway) proxied(port int, client string) (net.Conn, error) {
	conn, err := net.Dial("tcp", net.JoinHostPort(g.args.Address, fmt.Sprint(port)))
	if err == nil && client != "" {
		_, err = fmt.Fprintf(conn, "PROXY TCP4 %s 203.0.113.1 40000 %d\r\n", client, port)
	}
	return conn, err
}

// secure opens a connection over TLS.
func (g *gateway) secure(v visit) (*tls.Conn, error) {
	conn, err := g.proxied(g.args.HTTPS, v.client)
	if err != nil {
		return nil, err
	}
	name := v.sni
	if name == "" {
		name = v.host
	}
	secured := tls.Client(conn, &tls.Config{RootCAs: g.ca.pool, ServerName: name, MinVersion: tls.VersionTLS10, MaxVersion: v.max})
	if err := secured.Handshake(); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return secured, nil
}

// try makes a visit on a connection of its own.
func (g *gateway) try(v visit) (*answer, error) {
	conn, err := g.secure(v)
	if err != nil {
		return nil, err
	}
	response, err := exchange(conn, v)
	if err := errors.Join(err, conn.NetConn().Close()); err != nil {
		return nil, err
	}
	response.state = conn.ConnectionState()
	return response, nil
}

func (g *gateway) get(v visit) *answer {
	g.t.Helper()
	response, err := g.try(v)
	if err != nil {
		g.t.Fatalf("%+v: %v", v, err)
	}
	return response
}

// exchange sends one request over a connection and reads the answer.
func exchange(conn net.Conn, v visit) (*answer, error) {
	if v.method == "" {
		v.method = http.MethodGet
	}
	request, err := http.NewRequest(v.method, "http://"+v.host+v.path, strings.NewReader(v.body))
	if err != nil {
		return nil, err
	}
	for key, value := range v.header {
		request.Header.Set(key, value)
	}
	if err := request.Write(conn); err != nil {
		return nil, err
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return &answer{Response: response, text: string(text)}, err
}

// backend is a service that names itself, and tells what it was told.
func backend(t *testing.T, name string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Service", name)
		w.Header().Set("Server", "secret/1.0")
		w.Header().Set("X-Powered-By", "secret")
		w.Header().Set("X-Frame-Options", "SAMEORIGIN")
		fmt.Fprintf(w, "%s %s %s\n", name, r.Host, r.URL.RequestURI())
		for _, key := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-Ip", "Forwarded", "Proxy", "X-Request-Id"} {
			fmt.Fprintf(w, "%s=%s\n", key, r.Header.Get(key))
		}
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://")
}
