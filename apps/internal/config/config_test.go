package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/config"
)

func variables(set map[string]string) config.Lookup {
	return func(name string) (string, bool) {
		value, ok := set[name]
		return value, ok
	}
}

func TestUnsetVariablesTakeTheirDefaults(t *testing.T) {
	t.Parallel()
	r := config.From(variables(nil))
	if got := r.Address("ADDRESS", ":8080"); got != ":8080" {
		t.Errorf("Address is %q", got)
	}
	if got := r.Duration("DRAIN", 10*time.Second, 0, time.Minute); got != 10*time.Second {
		t.Errorf("Duration is %s", got)
	}
	if err := r.Err(); err != nil {
		t.Error(err)
	}
}

func TestSetVariablesAreRead(t *testing.T) {
	t.Parallel()
	r := config.From(variables(map[string]string{"ADDRESS": "127.0.0.1:0", "SIX": "[::1]:443", "DRAIN": "1m30s"}))
	if got := r.Address("ADDRESS", ":8080"); got != "127.0.0.1:0" {
		t.Errorf("Address is %q", got)
	}
	if got := r.Address("SIX", ":8080"); got != "[::1]:443" {
		t.Errorf("Address is %q", got)
	}
	if got := r.Duration("DRAIN", time.Second, 0, 2*time.Minute); got != 90*time.Second {
		t.Errorf("Duration is %s", got)
	}
	if err := r.Err(); err != nil {
		t.Error(err)
	}
}

func TestABadValueIsRefusedWithItsNameAndRemedy(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ kind, value, want string }{
		{"address", "8080", `A: "8080" is not host:port; write the port after a colon, like :8080`},
		{"address", "", `A: "" is not host:port; write the port after a colon, like :8080`},
		{"address", ":http", `A: ":http" has no port between 0 and 65535; write one, like :8080`},
		{"address", ":70000", `A: ":70000" has no port between 0 and 65535; write one, like :8080`},
		{"address", "example.com:80", `A: "example.com:80" names a host that is not an IP address; leave the host out to listen on every interface, like :8080`},
		{"duration", "10", `A: "10" is not a duration; write a number and a unit, like 10s`},
		{"duration", "-1s", `A: "-1s" is not between 0s and 1m0s; write one that is, like 10s`},
		{"duration", "2m", `A: "2m" is not between 0s and 1m0s; write one that is, like 10s`},
	} {
		t.Run(row.kind+" "+row.value, func(t *testing.T) {
			t.Parallel()
			r := config.From(variables(map[string]string{"A": row.value}))
			if row.kind == "address" {
				r.Address("A", ":8080")
			} else {
				r.Duration("A", 10*time.Second, 0, time.Minute)
			}
			if err := r.Err(); err == nil || err.Error() != row.want {
				t.Errorf("got  %v\nwant %s", err, row.want)
			}
		})
	}
}

func TestEveryBadValueIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	r := config.From(variables(map[string]string{"ADDRESS": "x", "DRAIN": "y"}))
	r.Address("ADDRESS", ":8080")
	r.Duration("DRAIN", time.Second, 0, time.Minute)
	err := r.Err()
	if err == nil || !strings.Contains(err.Error(), `ADDRESS: "x"`) || !strings.Contains(err.Error(), `DRAIN: "y"`) {
		t.Errorf("got %v", err)
	}
}

func TestALongValueIsNotEchoedWhole(t *testing.T) {
	t.Parallel()
	r := config.From(variables(map[string]string{"ADDRESS": strings.Repeat("a", 5000)}))
	r.Address("ADDRESS", ":8080")
	if err := r.Err(); err == nil || len(err.Error()) > 200 {
		t.Errorf("got %v", err)
	}
}
