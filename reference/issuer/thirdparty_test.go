package issuer_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/oauthmark/oauthmark/reference/issuer"
)

// These tests talk to the issuer as strangers do: x/oauth2 obtains tokens, go-oidc
// discovers and verifies, and nothing of ours is on the client's side. Neither library
// introspects or revokes, so those two requests are net/http's.

const (
	strangeResource = "https://api.example"
	strangeRedirect = "https://app.example/cb"
	// inBody is the client that is registered for client_secret_post.
	inBody = "RS256"
)

// stranger returns what go-oidc finds at a fresh issuer.
func stranger(t *testing.T) *oidc.Provider {
	t.Helper()
	var served http.Handler
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { served.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	code := []issuer.GrantType{issuer.AuthorizationCode, issuer.RefreshToken}
	scopes := []string{"read", "write", "openid"}
	i, err := issuer.New(issuer.Config{
		Issuer: server.URL, Resource: strangeResource,
		Clients: []issuer.Client{
			{ID: "opaque", Secret: "s:opaque %+", Form: "opaque", Scopes: scopes},
			{ID: "ES256", Secret: "s-ES256", Form: "ES256", Scopes: scopes},
			{ID: inBody, Secret: "s-RS256", Form: "RS256", Scopes: scopes, Auth: issuer.ClientSecretPost},
			{ID: "EdDSA", Secret: "s-EdDSA", Form: "EdDSA", Scopes: scopes},
			{ID: "app", Secret: "s-app", Form: "opaque", Scopes: scopes, Grants: code, RedirectURIs: []string{strangeRedirect}},
			{ID: "spa", Auth: issuer.PublicClient, Form: "ES256", Scopes: scopes, Grants: code, RedirectURIs: []string{strangeRedirect}},
		},
		Introspector: issuer.Introspector{ID: "rs", Secret: "s-rs"},
		Users:        []issuer.User{{Name: "alice", Password: "pw", Subject: "u-1"}}, HeadlessConsent: true,
	}, issuer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := i.Close(); err != nil {
			t.Error(err)
		}
	})
	served = i
	// Discovery compares the issuer exactly (RFC 8414, section 3.3).
	p, err := oidc.NewProvider(t.Context(), server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// verifies checks a self-contained token as go-oidc does: signature by the key set
// that was discovered, iss, aud, exp.
func verifies(t *testing.T, p *oidc.Provider, tok, algorithm, subject string) {
	t.Helper()
	v := p.VerifierContext(t.Context(), &oidc.Config{ClientID: strangeResource, SupportedSigningAlgs: []string{algorithm}})
	got, err := v.Verify(t.Context(), tok)
	if err != nil || got.Subject != subject {
		t.Errorf("%s: the token of %s doesn't verify: %v", algorithm, subject, err)
	}
	spoiled := []byte(tok)
	spoiled[len(tok)-10] ^= 1
	if _, err := v.Verify(t.Context(), string(spoiled)); err == nil {
		t.Errorf("%s: a spoiled token verifies", algorithm)
	}
}

// ask posts to an endpoint of the metadata as a confidential client.
func ask(t *testing.T, p *oidc.Provider, member, id, secret, tok string) map[string]any {
	t.Helper()
	var endpoints map[string]any
	if err := p.Claims(&endpoints); err != nil {
		t.Fatal(err)
	}
	endpoint, _ := endpoints[member].(string)
	form := url.Values{"token": {tok}}
	if id == inBody {
		form.Set("client_id", id)
		form.Set("client_secret", secret)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, endpoint, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if id != inBody {
		r.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d", member, res.StatusCode)
	}
	var answer map[string]any
	if member == "introspection_endpoint" {
		if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
			t.Fatal(err)
		}
	}
	return answer
}

func wantActive(t *testing.T, p *oidc.Provider, tok string, active bool, subject string) {
	t.Helper()
	answer := ask(t, p, "introspection_endpoint", "rs", "s-rs", tok)
	if answer["active"] != active || active && answer["sub"] != subject {
		t.Errorf("active %v, sub %v; want %v, %q", answer["active"], answer["sub"], active, subject)
	}
}

func TestThirdPartyClientCredentials(t *testing.T) {
	t.Parallel()
	p := stranger(t)
	for id, secret := range map[string]string{"opaque": "s:opaque %+", "ES256": "s-ES256", "RS256": "s-RS256", "EdDSA": "s-EdDSA"} {
		c := clientcredentials.Config{ClientID: id, ClientSecret: secret, TokenURL: p.Endpoint().TokenURL, Scopes: []string{"read"}}
		tok, err := c.Token(t.Context())
		if err != nil || !tok.Valid() || tok.Extra("scope") != "read" || tok.Type() != "Bearer" {
			t.Fatalf("%s: no valid token: %v", id, err)
		}
		if id != "opaque" {
			verifies(t, p, tok.AccessToken, id, id)
		}
		wantActive(t, p, tok.AccessToken, true, id)
		ask(t, p, "revocation_endpoint", id, secret, tok.AccessToken)
		wantActive(t, p, tok.AccessToken, false, "")
		c.ClientSecret = "wrong"
		var refused *oauth2.RetrieveError
		if _, err := c.Token(t.Context()); !errors.As(err, &refused) || refused.ErrorCode != "invalid_client" {
			t.Errorf("%s: with a wrong secret: %v", id, err)
		}
	}
}

// authorize gets a code for alice, as a browser would bring it back.
func authorize(t *testing.T, c *oauth2.Config, verifier string) (code string) {
	t.Helper()
	location := c.AuthCodeURL("st&te=", oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("login_hint", "alice"))
	browser := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := browser.Get(location)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	back, err := res.Location()
	if err != nil || !strings.HasPrefix(back.String(), strangeRedirect+"?") || back.Query().Get("state") != "st&te=" {
		t.Fatalf("status %d doesn't lead back: %v", res.StatusCode, err)
	}
	return back.Query().Get("code")
}

// A confidential client with opaque tokens, and a public one with self-contained
// tokens: authorization code with PKCE, refreshed, and ended with the refresh token.
func TestThirdPartyAuthorizationCode(t *testing.T) {
	t.Parallel()
	p := stranger(t)
	for id, secret := range map[string]string{"app": "s-app", "spa": ""} {
		c := &oauth2.Config{ClientID: id, ClientSecret: secret, Endpoint: p.Endpoint(), RedirectURL: strangeRedirect, Scopes: []string{"openid", "read"}}
		verifier := oauth2.GenerateVerifier()
		if _, err := c.Exchange(t.Context(), authorize(t, c, verifier), oauth2.VerifierOption(oauth2.GenerateVerifier())); err == nil {
			t.Errorf("%s: another's code_verifier gets tokens", id)
		}
		first, err := c.Exchange(t.Context(), authorize(t, c, verifier), oauth2.VerifierOption(verifier))
		if err != nil || first.RefreshToken == "" {
			t.Fatalf("%s: no tokens for the code: %v", id, err)
		}
		wantActive(t, p, first.AccessToken, true, "u-1")
		second, err := c.TokenSource(t.Context(), &oauth2.Token{RefreshToken: first.RefreshToken}).Token()
		if err != nil || second.AccessToken == first.AccessToken || second.RefreshToken == first.RefreshToken {
			t.Fatalf("%s: not refreshed and rotated: %v", id, err)
		}
		if id == "spa" {
			verifies(t, p, second.AccessToken, "ES256", "u-1")
		}
		info, err := p.UserInfo(t.Context(), oauth2.StaticTokenSource(second))
		if err != nil || info.Subject != "u-1" {
			t.Errorf("%s: userinfo: %v", id, err)
		}
		if id == "app" {
			ask(t, p, "revocation_endpoint", id, secret, second.RefreshToken)
		} else {
			// What was used already comes again: all of the family ends.
			_, err := c.TokenSource(context.WithoutCancel(t.Context()), &oauth2.Token{RefreshToken: first.RefreshToken}).Token()
			var refused *oauth2.RetrieveError
			if !errors.As(err, &refused) || refused.ErrorCode != "invalid_grant" {
				t.Errorf("%s: a used refresh token: %v", id, err)
			}
		}
		wantActive(t, p, second.AccessToken, false, "")
		if _, err := c.TokenSource(t.Context(), &oauth2.Token{RefreshToken: second.RefreshToken}).Token(); err == nil {
			t.Errorf("%s: refreshed after its end", id)
		}
	}
}
