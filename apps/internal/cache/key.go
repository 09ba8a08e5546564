package cache

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

// longest is how long a key may be before its digest stands for it.
const longest = 200

// Prefix begins every key of a tenant, whatever keeps it. A tenant's name has
// no colon, so that no tenant's prefix begins another's.
func Prefix(id tenant.ID) (string, error) {
	if err := tenant.Check(id); err != nil {
		return "", err
	}
	return "t:" + id.String() + ":", nil
}

// entryKey is where a space keeps a key. The key comes last, so that whatever
// it holds cannot change what stands before it.
func entryKey(id tenant.ID, space, key string) (string, error) {
	prefix, err := Prefix(id)
	if err != nil {
		return "", err
	}
	if key == "" {
		return "", fmt.Errorf("cache %s: the key is empty; name what is cached", space)
	}
	if len(key) > longest {
		sum := sha256.Sum256([]byte(key))
		return prefix + "cache:" + space + ":#" + hex.EncodeToString(sum[:]), nil
	}
	return prefix + "cache:" + space + ":=" + key, nil
}

// leaseKey is where the right to load a key's value is. The first part of a key
// that is ":cache:" is the one that entryKey wrote: a tenant's name has no colon.
func leaseKey(full string) string { return strings.Replace(full, ":cache:", ":lease:", 1) }

// tagKey is where a tag's version is.
func tagKey(id tenant.ID, tag string) (string, error) {
	prefix, err := Prefix(id)
	if err != nil {
		return "", err
	}
	if !word(tag) {
		return "", fmt.Errorf("cache: tag %.40q is not 1 to 60 of a-z, 0-9, _ and -", tag)
	}
	return prefix + "tag:" + tag, nil
}

// word is the form of what stands before a key's end.
func word(s string) bool {
	if s == "" || len(s) > 60 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return true
}
