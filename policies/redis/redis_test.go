package redis_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/property"

	"github.com/avila-devops/saas/policies/redis"
)

// ASVS: v5.0.0-12.3.1, v5.0.0-14.2.4.
func TestEachControlCatches(t *testing.T) {
	t.Parallel()
	nested := func(name, text string) property.Value {
		return property.New(property.NewMap(map[string]property.Value{name: property.New(text)}))
	}
	good := map[string]property.Value{
		"authEnabled": property.New(true), "transitEncryptionMode": property.New("SERVER_AUTHENTICATION"), "customerManagedKey": property.New("key"),
		"tier": property.New("STANDARD_HA"), "connectMode": property.New("PRIVATE_SERVICE_ACCESS"),
		"persistenceConfig": nested("persistenceMode", "RDB"), "redisConfigs": nested("maxmemory-policy", "volatile-lru"),
	}
	caught := map[string]bool{}
	for name, row := range map[string]struct {
		key   string
		value property.Value
		want  string
	}{
		"one that complies":        {"", property.Value{}, ""},
		"no password":              {"authEnabled", property.New(false), "redis-auth (CKV_GCP_95): authEnabled is false"},
		"no TLS":                   {"transitEncryptionMode", property.New("DISABLED"), `redis-tls (CKV_GCP_97): transitEncryptionMode is "DISABLED"`},
		"Google's key":             {"customerManagedKey", property.Value{}, "redis-customer-key (Ávila X4): customerManagedKey is not set"},
		"a key that is not known":  {"customerManagedKey", property.New(property.Computed), ""},
		"one node":                 {"tier", property.New("BASIC"), `redis-high-availability (Ávila C5): tier is "BASIC"`},
		"a peering of its own":     {"connectMode", property.New("DIRECT_PEERING"), "redis-private"},
		"no snapshots":             {"persistenceConfig", property.Value{}, "redis-snapshots (Ávila S8): persistenceConfig.persistenceMode is not set"},
		"a policy that drops jobs": {"redisConfigs", nested("maxmemory-policy", "allkeys-lru"), `redis-keeps-jobs (Ávila S8): redisConfigs.maxmemory-policy is "allkeys-lru"`},
	} {
		m := maps.Clone(good)
		if row.key != "" {
			m[row.key] = row.value
		}
		var got []string
		for _, c := range redis.Controls {
			for _, finding := range c.Judge(property.NewMap(m)) {
				got = append(got, c.Message(finding))
				caught[c.ID] = true
			}
		}
		if row.want == "" && len(got) > 0 || row.want != "" && (len(got) != 1 || !strings.Contains(got[0], row.want)) {
			t.Errorf("%s: the controls say %q; want one message with %q", name, got, row.want)
		}
	}
	if len(caught) != len(redis.Controls) {
		t.Errorf("rows break %d of %d controls", len(caught), len(redis.Controls))
	}
}
