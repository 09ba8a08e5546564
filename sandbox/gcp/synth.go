package gcp

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"strconv"
)

// fingerprint is an opaque, stable token, as Google's optimistic locks are.
func fingerprint(id string) string {
	sum := sha256.Sum256([]byte(id))
	return base64.URLEncoding.EncodeToString(sum[:6])
}

// numericID is a stable number of as many digits as Google's.
func (o *op) numericID() string {
	sum := sha256.Sum256([]byte(string(o.urn) + o.id))
	const digits = 1_000_000_000_000_000_000
	return strconv.FormatUint(digits+binary.BigEndian.Uint64(sum[:8])%(8*digits), 10)
}

// fingerprintDigits is a short, stable token of letters and digits.
func fingerprintDigits(id string) string {
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:3])
}

// serial is a number of as many digits as Google's, of which no other creation
// has the same.
func (o *op) serial() string {
	sum := sha256.Sum256([]byte(string(o.urn) + o.now.String()))
	const digits = 1_000_000_000_000_000_000
	return strconv.FormatUint(digits+binary.BigEndian.Uint64(sum[:8])%(8*digits), 10)
}

// numbered is the id of a resource that Google numbers, under a collection.
// Its name is the whole of it.
func numbered(collection string) func(*op) (string, error) {
	return func(o *op) (string, error) {
		id := o.expand(collection) + "/" + o.serial()
		o.set("name", id)
		return id, nil
	}
}
