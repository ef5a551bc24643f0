package cost

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/maypok86/otter/v2"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/verifier"
)

// cacheOperations are cache-hit/INPUT: the verifier that introspects and remembers
// judges a token that it remembers. It hashes the token, for it keeps none.
func cacheOperations() []operation {
	var all []operation
	for _, input := range []string{"jwt-0.6k", "jwt-2k", "jwt-8k", "opaque-43"} {
		all = append(all, operation{name: "cache-hit/" + input, prepare: hitting(input)})
	}
	return all
}

func hitting(inputName string) func(*material) (does, limit work, err error) {
	return func(m *material) (work, work, error) {
		input, err := m.input(inputName)
		if err != nil {
			return nil, nil, err
		}
		v, err := verifier.New(verifier.Config{
			Issuer: issuerID, Resource: audience, Algorithms: verifier.Algorithms(), Cache: verifier.DefaultCache(),
			IntrospectionEndpoint: issuerID + "/introspect", JWKSURI: issuerID + "/jwks",
			ClientID: "cost", ClientSecret: rightSecret,
		}, verifier.Options{Now: m.now, Client: &http.Client{Transport: activeAnswers{}}})
		if err != nil {
			return nil, nil, fmt.Errorf("make verifier: %w", err)
		}
		m.closers = append(m.closers, func() error { v.Close(); return nil })
		strategy, ok := v.Strategy(verifier.IntrospectCached)
		if !ok {
			return nil, nil, errors.New("make verifier: it has no cache")
		}
		if _, err := strategy.Judge(m.ctx, input); err != nil { // the one miss
			return nil, nil, fmt.Errorf("fill cache: %w", err)
		}
		limit, err := looking(input)
		if err != nil {
			return nil, nil, err
		}
		var out claims.Claims
		return &pass{what: "judge token", size: len(input),
			once: func() (err error) { out, err = strategy.Judge(m.ctx, input); return err },
			check: func() error {
				if out.ID != tokenID {
					return errors.New("the claims aren't those of the token")
				}
				if n := v.Counters().Introspections; n != 1 {
					return fmt.Errorf("the issuer was asked %d times", n)
				}
				return nil
			}}, limit, nil
	}
}

// activeAnswers is an issuer to which every token is active: its answers never leave
// the process.
type activeAnswers struct{}

func (activeAnswers) RoundTrip(r *http.Request) (*http.Response, error) {
	c := plainClaims()
	body, err := json.Marshal(map[string]any{"active": true, "iss": c.Issuer, "aud": c.Audience, "sub": c.Subject,
		"client_id": c.ClientID, "scope": c.Scope, "iat": c.IssuedAt, "exp": c.Expires, "jti": c.ID, "token_type": "Bearer"})
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, ContentLength: int64(len(body)),
		Body: io.NopCloser(bytes.NewReader(body))}, nil
}

// looking is the digest and the library's lookup alone.
func looking(input string) (work, error) {
	cache, err := otter.New(&otter.Options[[sha256.Size]byte, *string]{MaximumSize: verifier.DefaultCache().Entries, Logger: &otter.NoopLogger{}})
	if err != nil {
		return nil, fmt.Errorf("make cache: %w", err)
	}
	text, kept := []byte(input), tokenID
	cache.Set(sha256.Sum256(text), &kept)
	var out *string
	return &pass{what: "look up token", size: len(input),
		once: func() error {
			var ok bool
			if out, ok = cache.GetIfPresent(sha256.Sum256(text)); !ok {
				return errors.New("the token isn't remembered")
			}
			return nil
		},
		check: func() error {
			if *out != tokenID {
				return errors.New("what is remembered is of another token")
			}
			if _, ok := cache.GetIfPresent(sha256.Sum256(text[1:])); ok {
				return errors.New("another token is remembered, too")
			}
			return nil
		}}, nil
}
