package verifier_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/verifier"
)

// TestPushFromAnIssuer: the reference issuer's revocations come by its stream, and a
// TTL of a day plays no part.
func TestPushFromAnIssuer(t *testing.T) {
	t.Parallel()
	i, err := issuer.New(issuer.Config{
		Issuer: "https://issuer.example", Resource: "https://api.example",
		Clients: []issuer.Client{
			{ID: "web", Secret: "change-me", Form: "opaque", Scopes: []string{"read"}},
			{ID: "app", Secret: "change-me", Form: "ES256", Scopes: []string{"read"}},
		},
		Introspector: issuer.Introspector{ID: "api", Secret: "change-me"},
	}, issuer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(i)
	t.Cleanup(func() { i.EndStreams(); server.Close() })
	v, err := verifier.New(verifier.Config{
		Issuer: "https://issuer.example", Resource: "https://api.example", IntrospectionEndpoint: server.URL + "/introspect",
		JWKSURI: server.URL + "/jwks", ClientID: "api", ClientSecret: "change-me", Algorithms: []string{"ES256"},
		EventsURI: server.URL + "/events", Cache: verifier.Cache{TTL: verifier.Duration(24 * time.Hour), Entries: 100},
	}, verifier.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	s, _ := v.Strategy(verifier.IntrospectPush)

	for _, client := range []string{"web", "app"} {
		var granted struct {
			Token string `json:"access_token"`
		}
		body := post(t, server.URL+"/token", client, url.Values{"grant_type": {"client_credentials"}})
		if err := json.Unmarshal(body, &granted); err != nil || granted.Token == "" {
			t.Fatal("no token", err)
		}
		accepted := func() bool { _, err := s.Judge(t.Context(), granted.Token); return err == nil }
		if !accepted() {
			t.Fatalf("%s: refused", client)
		}
		hits := v.Counters().CacheHits
		await(t, func() bool { return accepted() && v.Counters().CacheHits > hits })
		asked := v.Counters().Introspections
		if !accepted() || v.Counters().Introspections != asked {
			t.Fatalf("%s: asked again", client)
		}
		post(t, server.URL+"/revoke", client, url.Values{"token": {granted.Token}})
		await(t, func() bool { return !accepted() })
	}
	if v.Counters().Events != 2 {
		t.Errorf("counted %+v", v.Counters())
	}
}

func await(t *testing.T, condition func() bool) {
	t.Helper()
	for !condition() {
		select {
		case <-t.Context().Done():
			t.Fatal("the test ended first")
		case <-time.After(time.Millisecond):
		}
	}
}

func post(t *testing.T, to, client string, form url.Values) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.SetBasicAuth(client, "change-me")
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != 200 {
		t.Fatalf("%s: status %d", to, response.StatusCode)
	}
	return body
}
