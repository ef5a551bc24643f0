//go:build unix

package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"io"
	"net/http"
)

const serveBare = "serve-bare-answer"

// bareInput is what a bare handler does: read the request, sign something where there
// is something to sign, and write an answer of the issuer's own.
type bareInput struct {
	Answer    string
	Algorithm string // ES256, EdDSA, or nothing
	Signing   string // what is signed
}

// bareAnswer is the other side of the issuer's bounds: net/http, the cryptographic
// primitive, and nothing else.
func bareAnswer(_ context.Context, input bareInput) (http.Handler, error) {
	sign, err := rawSigner(input.Algorithm, []byte(input.Signing))
	if err != nil {
		return nil, err
	}
	answer := []byte(input.Answer)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := make([]byte, r.ContentLength)
		if _, err := io.ReadFull(r.Body, body); err != nil {
			http.Error(w, "body", http.StatusBadRequest)
			return
		}
		if err := sign(); err != nil {
			http.Error(w, "sign", http.StatusInternalServerError)
			return
		}
		h := w.Header()
		h.Set("Content-Type", "application/json")
		h.Set("Cache-Control", "no-store")
		h.Set("Pragma", "no-cache")
		_, _ = w.Write(answer)
	}), nil
}

// rawSigner signs one text, as a signing input, with a key of its own.
func rawSigner(algorithm string, text []byte) (func() error, error) {
	switch algorithm {
	case "ES256":
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		return func() error {
			digest := sha256.Sum256(text)
			_, err := ecdsa.SignASN1(rand.Reader, key, digest[:])
			return err
		}, err
	case "EdDSA":
		_, key, err := ed25519.GenerateKey(rand.Reader)
		return func() error {
			_, err := key.Sign(nil, text, crypto.Hash(0))
			return err
		}, err
	}
	return func() error { return nil }, nil
}
