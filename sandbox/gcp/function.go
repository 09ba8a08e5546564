package gcp

import (
	"context"
	"crypto/ecdh"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
)

// keyVersionFunction reads a version of a key, with its public half.
const keyVersionFunction = "gcp:kms/getKMSCryptoKeyVersion:getKMSCryptoKeyVersion"

// functions are the functions of the provider that the program calls.
var functions = map[string]func(tx *cloud.Tx, args resource.PropertyMap) (resource.PropertyMap, error){
	keyVersionFunction: keyVersion,
	getGroup:           endpointGroup,
	caFunction:         caCerts,
}

// Invoke answers the functions that the program calls, and refuses the others
// by name.
func (p *Provider) Invoke(ctx context.Context, req plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	answer, ok := functions[string(req.Tok)]
	if !ok {
		return p.Base.Invoke(ctx, req) //nolint:wrapcheck // it names the function
	}
	args := plainMap(req.Args)
	if !has(args, "project") {
		args["project"] = resource.NewProperty(p.config().project)
	}
	var found resource.PropertyMap
	err := p.store.Do(ctx, func(tx *cloud.Tx) (err error) {
		found, err = answer(tx, args)
		return err
	})
	if err != nil {
		return plugin.InvokeResponse{}, fmt.Errorf("%s: %w", req.Tok, err)
	}
	return plugin.InvokeResponse{Properties: found}, nil
}

// keyVersion says what a key's version is. Every key has one, its first.
func keyVersion(tx *cloud.Tx, args resource.PropertyMap) (resource.PropertyMap, error) {
	id, version := trimHost(text(args, "cryptoKey")), 1
	if has(args, "version") {
		version = int(number(args, "version"))
	}
	key, err := tx.Get(cryptoKeyType, id)
	if err != nil {
		return nil, err //nolint:wrapcheck // it names the file
	}
	name := id + "/cryptoKeyVersions/" + strconv.Itoa(version)
	if key == nil || key.Abandoned || version != 1 {
		return nil, notFound("create the kms CryptoKey first, or correct cryptoKey and version", "CryptoKeyVersion %s not found.", name)
	}
	algorithm := text(key.Properties, "versionTemplate.algorithm")
	publicKeys := []any{}
	if algorithm == "EC_SIGN_P256_SHA256" {
		encoded, err := publicKey(tx, name)
		if err != nil {
			return nil, err
		}
		publicKeys = append(publicKeys, map[string]any{"algorithm": algorithm, "pem": encoded})
	}
	return resource.NewPropertyMapFromMap(map[string]any{
		"id": "//cloudkms.googleapis.com/v1/" + name, "name": name, "cryptoKey": id, "version": float64(version),
		"algorithm": algorithm, "protectionLevel": text(key.Properties, "versionTemplate.protectionLevel"),
		"state": "ENABLED", "publicKeys": publicKeys,
	}), nil
}

// publicKey is the public half of a P-256 key that is derived from the
// version's name and the sandbox's own secret.
func publicKey(tx *cloud.Tx, name string) (string, error) {
	key, err := ecdh.P256().NewPrivateKey(tx.Derive("signing key " + name))
	if err != nil {
		return "", fmt.Errorf("derive the key %s: %w", name, err)
	}
	der, err := x509.MarshalPKIXPublicKey(key.PublicKey())
	if err != nil {
		return "", fmt.Errorf("encode the public key of %s: %w", name, err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})), nil
}
