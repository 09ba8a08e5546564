package telemetry_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/avila-devops/saas/apps/internal/telemetry"
)

// ASVS: v5.0.0-16.2.1, v5.0.0-16.2.4, v5.0.0-16.4.1.
func TestALogLineIsJSONAndNamesTheService(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	telemetry.NewLog(&out, "landing").Info("started", "port", 1)
	var line map[string]any
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	if line["service"] != "landing" || line["msg"] != "started" || line["level"] != "INFO" || line["time"] == nil {
		t.Errorf("line is %v", line)
	}
	out.Reset()
	const forged = "fim\n{\"msg\":\"signed in\"}\u2028\x1b[2K"
	telemetry.NewLog(&out, "landing").Info(forged, forged, forged)
	if text := out.String(); strings.Count(text, "\n") != 1 || strings.ContainsAny(text, "\u2028\x1b") || json.Unmarshal(out.Bytes(), &line) != nil || line["msg"] != forged {
		t.Errorf("one line became %q", text)
	}
}

// ASVS: v5.0.0-16.2.5, v5.0.0-16.3.4.
func TestTheServersOwnMessagesNameNoClient(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ message, want string }{
		{"http: TLS handshake error from 203.0.113.9:51034: EOF", "http: TLS handshake error from a client: EOF"},
		{"http: TLS handshake error from [2001:db8::7]:51034: EOF", "http: TLS handshake error from a client: EOF"},
		{"http: response.WriteHeader on hijacked connection", "http: response.WriteHeader on hijacked connection"},
	} {
		var out bytes.Buffer
		telemetry.ServerLog(telemetry.NewLog(&out, "landing")).Print(row.message)
		var line struct{ Problem string }
		if err := json.Unmarshal(out.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		if line.Problem != row.want {
			t.Errorf("%q is logged as %q", row.message, line.Problem)
		}
	}
}
