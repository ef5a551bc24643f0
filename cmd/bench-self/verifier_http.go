//go:build unix

package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/verifier"
)

const serveProtected = "serve-protected-resource"

// protectedInput says which of two servers to be. Both make their own key, and a token
// that they tell at /token.
type protectedInput struct {
	Bare bool // the raw signature check alone
}

// protectedResource is either side of the bound on local: RS256 has the fastest check,
// so that what surrounds it weighs most.
func protectedResource(_ context.Context, input protectedInput) (http.Handler, error) {
	v, err := newVerifying(keys.RS256)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /token", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, v.token) })
	mux.Handle("GET /"+verifier.Local+"/resource", v.verifier)
	if input.Bare {
		mux.Handle("GET /bare/resource", bareProtected(v))
	}
	return mux, nil
}

// bareProtected writes the same answer as the reference's resource, once the signature of
// the request's token is valid.
func bareProtected(v *verifying) http.Handler {
	check := rawCheck(v.public)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		cut := strings.LastIndexByte(text, '.')
		signature, err := base64.RawURLEncoding.DecodeString(text[cut+1:])
		if cut < 0 || err != nil || check([]byte(text[:cut]), signature) != nil {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		body, err := json.Marshal(struct {
			ClientID string `json:"client_id"`
			Scope    string `json:"scope"`
			Subject  string `json:"sub,omitempty"`
		}{"app", "read write", "app"})
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(body)
	})
}

// localOverHTTP compares the two, in processes of their own.
func localOverHTTP(ctx context.Context, _ string) (float64, error) {
	var sides [2]figure
	for i, path := range []string{"/" + verifier.Local + "/resource", "/bare/resource"} {
		server, err := startSelf(ctx, serveProtected, protectedInput{Bare: i == 1})
		if err != nil {
			return 0, err
		}
		defer server.stop()
		load, err := newReading(ctx, server.url, path)
		if err != nil {
			return 0, err
		}
		defer load.close()
		sides[i] = perSecond(load.sending(unbounded))
	}
	return paired(ctx, issuerBlocks, sides)
}

// newReading reads a protected resource with the token that its server tells.
func newReading(ctx context.Context, server, path string) (*generator, error) {
	r, err := http.NewRequest(http.MethodGet, server+"/token", nil)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	token, err := fetch(ctx, r)
	if err != nil {
		return nil, err
	}
	r.URL.Path = path
	r.Header.Set("Authorization", "Bearer "+token)
	return newGenerator(r, `{"client_id":"app","scope":"read write"`)
}
