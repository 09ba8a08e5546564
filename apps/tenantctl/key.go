package main

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
)

// readKey reads the key that signs reports.
func readKey(path string) (ed25519.PrivateKey, error) {
	block, err := readPEM(path, "PRIVATE KEY")
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block)
	if err != nil {
		return nil, fmt.Errorf("%w: -key: %s: %w", errUsage, path, err)
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%w: -key: %s holds another kind of key; make one with: openssl genpkey -algorithm ed25519", errUsage, path)
	}
	return key, nil
}

// readPublicKey reads the key that reports are checked with.
func readPublicKey(path string) (ed25519.PublicKey, error) {
	block, err := readPEM(path, "PUBLIC KEY")
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKIXPublicKey(block)
	if err != nil {
		return nil, fmt.Errorf("%w: -key: %s: %w", errUsage, path, err)
	}
	key, ok := parsed.(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("%w: -key: %s holds another kind of key than Ed25519", errUsage, path)
	}
	return key, nil
}

func readPEM(path, kind string) ([]byte, error) {
	if path == "" {
		return nil, fmt.Errorf("%w: -key is not set; name a file with a %s", errUsage, kind)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: -key: %w", errUsage, err)
	}
	block, _ := pem.Decode(text)
	if block == nil || block.Type != kind {
		return nil, fmt.Errorf("%w: -key: %s holds no %s in PEM", errUsage, path, kind)
	}
	return block.Bytes, nil
}
