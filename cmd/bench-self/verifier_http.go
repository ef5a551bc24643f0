//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/verifier"
)

const serveProtectedArgument = "serve-protected-resource"

// protectedInput says which of two servers to be. Both make their own key, and a token
// that they tell at /token.
type protectedInput struct {
	Bare bool // the raw signature check alone
}

// serveProtected is either side of the bound on local: RS256 has the fastest check, so
// that what surrounds it weighs most.
func serveProtected(in io.Reader, out io.Writer) int {
	var input protectedInput
	return serveSelf(in, out, &input, func() (http.Handler, error) {
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
	})
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
	var sides [2]func(context.Context) (float64, error)
	for i, path := range []string{"/" + verifier.Local + "/resource", "/bare/resource"} {
		server, err := startSelf(ctx, serveProtectedArgument, protectedInput{Bare: i == 1})
		if err != nil {
			return 0, err
		}
		defer server.stop()
		s := &side{usage: server.usage}
		if s.load, err = newReading(ctx, server.url, path); err != nil {
			return 0, err
		}
		defer s.load.close()
		sides[i] = s.perSecond
	}
	return paired(ctx, issuerBlocks, sides[0], sides[1])
}

// newReading reads a protected resource with the token that its server tells.
func newReading(ctx context.Context, server, path string) (*generator, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, server+"/token", nil)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	u, err := url.Parse(server)
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	g := &generator{token: -1, answer: []byte(`{"client_id":"app","scope":"read write"`)}
	g.request = fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n", path, u.Host, text)
	for range connections {
		conn, err := net.Dial("tcp", u.Host)
		if err != nil {
			g.close()
			return nil, fmt.Errorf("read: %w", err)
		}
		g.wires = append(g.wires, &wire{conn, bufio.NewReader(conn), bytes.Clone(g.request)})
	}
	return g, nil
}
