package image

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// user is the unprivileged user that the images run as; the pods ask for the
// same one.
const user = "65532:65532"

// The base image is empty: a configuration and no file. What apps need of a
// system, root certificates and time zones, is in their binaries, so nothing
// of a distribution has to be patched. Its bytes are constant, and so is its
// digest.
var (
	baseConfig = []byte(`{"architecture":"amd64","os":"linux","created":"1970-01-01T00:00:00Z",` +
		`"config":{"User":"` + user + `","WorkingDir":"/"},` +
		`"rootfs":{"type":"layers","diff_ids":[]},"history":[]}`)
	baseManifest = fmt.Appendf(nil, `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",`+
		`"config":{"mediaType":"application/vnd.oci.image.config.v1+json","size":%d,"digest":"%s"},"layers":[]}`,
		len(baseConfig), digestOf(baseConfig))
)

func baseDigest() string { return digestOf(baseManifest) }

func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha256:" + hex.EncodeToString(sum[:])
}
