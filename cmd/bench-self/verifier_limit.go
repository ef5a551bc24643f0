//go:build unix

package main

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/token"
	"github.com/oauthmark/oauthmark/reference/verifier"
)

// verifying is a resource server with a token to judge, and the least that judging it
// could take.
type verifying struct {
	verifier *verifier.Verifier
	local    verifier.Strategy
	token    string
	public   any
	raw      func() error // the signature check alone

	header, payload []byte
}

const (
	verifyIssuer   = "https://issuer.example"
	verifyResource = "https://api.example"
)

// newVerifying makes a key, and an issuer that answers within the process.
func newVerifying(a keys.Algorithm) (*verifying, error) {
	key, err := keys.Generate(a, rand.Reader)
	if err != nil {
		return nil, err
	}
	ring, err := keys.NewRing(key)
	if err != nil {
		return nil, err
	}
	signer, err := token.NewSigner(ring)
	if err != nil {
		return nil, err
	}
	now := time.Now().Unix()
	text, err := signer.Sign(a, &token.Claims{Issuer: verifyIssuer, Audience: verifyResource, Subject: "app", ClientID: "app",
		Scope: "read write", IssuedAt: now, Expires: now + 3600, ID: strings.Repeat("i", token.IDLength)})
	if err != nil {
		return nil, err
	}
	jwk, err := key.JWK()
	if err != nil {
		return nil, err
	}
	issuer := fixedIssuer{"/jwks": `{"keys":[` + string(jwk) + `]}`, "/introspect": `{"active":true,"client_id":"app","scope":"read write","sub":"app"}`}
	v, err := verifier.New(verifier.Config{Issuer: verifyIssuer, Resource: verifyResource, IntrospectionEndpoint: "http://issuer.example/introspect",
		JWKSURI: "http://issuer.example/jwks", ClientID: "rs", ClientSecret: "-", Algorithms: []string{string(a)}, Cache: verifier.DefaultCache(),
	}, verifier.Options{Client: &http.Client{Transport: issuer}})
	if err != nil {
		return nil, err
	}
	local, ok := v.Strategy(verifier.Local)
	if !ok {
		v.Close()
		return nil, fmt.Errorf("there is no strategy %s", verifier.Local)
	}
	parts := strings.Split(text, ".")
	out := &verifying{verifier: v, local: local, token: text, public: key.Public()}
	out.header, _ = base64.RawURLEncoding.DecodeString(parts[0]) // it was encoded just now
	out.payload, _ = base64.RawURLEncoding.DecodeString(parts[1])
	check := rawCheck(key.Public())
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	input := []byte(parts[0] + "." + parts[1])
	out.raw = func() error { return check(input, signature) }
	return out, errors.Join(err, out.judge())
}

func (v *verifying) close() { v.verifier.Close() }

func (v *verifying) judge() error {
	_, err := v.local.Judge(context.Background(), v.token)
	return err
}

// limit is the raw signature check, and a decoding of the same JSON.
func (v *verifying) limit() error {
	if err := v.raw(); err != nil {
		return err
	}
	var h struct{ Alg, Kid, Typ string }
	var c struct {
		Iss, Sub, Aud, Jti, Scope string
		ClientID                  string `json:"client_id"`
		Exp, Iat                  int64
	}
	return errors.Join(json.Unmarshal(v.header, &h), json.Unmarshal(v.payload, &c))
}

var errSignature = errors.New("the signature isn't valid")

// rawCheck is the primitive, and nothing around it.
func rawCheck(public any) func(input, signature []byte) error {
	valid := func(ok bool) error {
		if !ok {
			return errSignature
		}
		return nil
	}
	switch key := public.(type) {
	case *rsa.PublicKey:
		return func(input, signature []byte) error {
			digest := sha256.Sum256(input)
			return rsa.VerifyPKCS1v15(key, crypto.SHA256, digest[:], signature)
		}
	case *ecdsa.PublicKey:
		return func(input, signature []byte) error {
			digest := sha256.Sum256(input)
			r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
			return valid(ecdsa.Verify(key, digest[:], r, s))
		}
	case ed25519.PublicKey:
		return func(input, signature []byte) error { return valid(ed25519.Verify(key, input, signature)) }
	}
	return func([]byte, []byte) error { return fmt.Errorf("no raw check by a %T", public) }
}

// fixedIssuer answers each path with a text, without a network.
type fixedIssuer map[string]string

// RoundTrip implements [http.RoundTripper].
func (f fixedIssuer) RoundTrip(r *http.Request) (*http.Response, error) {
	text, ok := f[r.URL.Path]
	if !ok {
		return nil, fmt.Errorf("the issuer has no %s", r.URL.Path)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(text)), ContentLength: int64(len(text)), Request: r}, nil
}

// nanoseconds is the time of one call, in the quickest of many short blocks: what else
// runs on the machine only ever adds to it.
func nanoseconds(ctx context.Context, do func() error) (float64, error) {
	best := math.Inf(1)
	for range 100 {
		seconds, err := each(clock, calls(time.Millisecond, do))(ctx)
		if err != nil {
			return 0, err
		}
		best = min(best, seconds*1e9)
	}
	return best, nil
}

func allocations(_ context.Context, do func() error) (n float64, err error) {
	n = testing.AllocsPerRun(10_000, func() {
		if e := do(); e != nil {
			err = e
		}
	})
	return n, err
}
