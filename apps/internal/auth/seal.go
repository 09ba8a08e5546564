package auth

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
)

// A replaced refresh token must give its successor once more, for a moment, but
// Redis is to hold no token that can be used. So the successor is stored sealed
// by the token that it replaces, which only its owner has.

func cipherOf(old []byte) cipher.AEAD {
	mac := hmac.New(sha256.New, old)
	mac.Write([]byte("avila refresh successor"))
	block, err := aes.NewCipher(mac.Sum(nil))
	if err != nil {
		panic(fmt.Sprintf("a key of 32 bytes is refused: %v", err)) // cannot be: the length is fixed
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(fmt.Sprintf("AES is refused: %v", err)) // cannot be
	}
	return aead
}

func seal(old, fresh []byte) string {
	aead := cipherOf(old)
	nonce := make([]byte, aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails: it ends the process instead
	return base64.RawStdEncoding.EncodeToString(aead.Seal(nonce, nonce, fresh, nil))
}

func unseal(old []byte, sealed string) ([]byte, error) {
	aead := cipherOf(old)
	raw, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil || len(raw) < aead.NonceSize() {
		return nil, errors.New("auth: a stored successor is not one")
	}
	fresh, err := aead.Open(nil, raw[:aead.NonceSize()], raw[aead.NonceSize():], nil)
	if err != nil {
		return nil, fmt.Errorf("auth: a stored successor does not open: %w", err)
	}
	return fresh, nil
}
