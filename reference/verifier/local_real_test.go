package verifier

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/token"
)

// realIssuer is the reference issuer, served, with the test's clock. It has a client for
// each form, whose identifier is that of the form.
type realIssuer struct {
	url    string
	clock  *clock
	down   atomic.Bool
	handle atomic.Pointer[issuer.Issuer]
	asked  atomic.Int64 // requests received
}

const testListInterval = 30 // seconds

func newRealIssuer(t testing.TB) *realIssuer {
	t.Helper()
	r := &realIssuer{clock: newClock()}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		r.asked.Add(1)
		if r.down.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		r.handle.Load().ServeHTTP(w, q)
	}))
	t.Cleanup(server.Close)
	r.url = server.URL
	c := issuer.Config{
		Issuer: r.url, Resource: testResource, Introspector: issuer.Introspector{ID: "rs", Secret: "s-rs"},
		StatusList: true, ListInterval: testListInterval,
		Persistence:   issuer.Persistence{Opaque: issuer.Kept{Keep: "token", AtRest: issuer.AtRest{Kind: issuer.Plain}}},
		PasswordGrant: true, Users: []issuer.User{{Name: "alice", Password: "pw-alice"}},
	}
	for _, form := range []string{"opaque", "ES256", "phantom-ES256", "split-ES256"} {
		c.Clients = append(c.Clients, issuer.Client{ID: form, Secret: issuer.Secret("s-" + form), Form: token.Form(form), Scopes: []string{"read"},
			Grants: []issuer.GrantType{issuer.ClientCredentials, issuer.Password, issuer.RefreshToken}})
	}
	i, err := issuer.New(c, issuer.Options{Now: r.clock.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = i.Close() })
	r.handle.Store(i)
	return r
}

func (r *realIssuer) config() Config {
	return Config{
		Issuer: r.url, Resource: testResource, IntrospectionEndpoint: r.url + "/introspect", JWKSURI: r.url + "/jwks",
		ClientID: "rs", ClientSecret: "s-rs", Algorithms: []string{"ES256"}, Cache: DefaultCache(),
		DenylistURI: r.url + "/denylist", StatusURI: r.url + "/status",
	}
}

func (r *realIssuer) strategy(t testing.TB, name string) (Strategy, *Verifier) {
	t.Helper()
	v := newVerifier(t, r.config(), Options{Now: r.clock.now})
	return strategy(t, v, name), v
}

func (r *realIssuer) post(t testing.TB, path, id string, form url.Values) []byte {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(id, "s-"+id)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d, %v", path, response.StatusCode, err)
	}
	return body
}

// obtain gets a token of the client for itself.
func (r *realIssuer) obtain(t testing.TB, id string) string {
	t.Helper()
	access, _ := r.obtainBy(t, id, url.Values{"grant_type": {"client_credentials"}})
	return access
}

func (r *realIssuer) obtainBy(t testing.TB, id string, form url.Values) (access, refresh string) {
	t.Helper()
	var answer struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if err := json.Unmarshal(r.post(t, "/token", id, form), &answer); err != nil || answer.Access == "" {
		t.Fatalf("no token: %v", err)
	}
	return answer.Access, answer.Refresh
}

func (r *realIssuer) revoke(t testing.TB, id, tok string) {
	t.Helper()
	r.post(t, "/revoke", id, url.Values{"token": {tok}})
}
