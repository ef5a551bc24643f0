package verifier_test

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/corpus"
	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
	"github.com/oauthmark/oauthmark/reference/verifier"
)

// hostileWorld is an issuer with the keys of a corpus, which publishes the corpus's bad
// keys as well, a resource server that trusts it, and an attacker who listens.
type hostileWorld struct {
	corpus   *corpus.Corpus
	issuer   *httptest.Server
	verifier *verifier.Verifier
	server   *httptest.Server // of the verifier
	tokens   store.Store      // the issuer's, which shared-db reads
	seconds  atomic.Int64
	keySets  atomic.Int64 // times that the keys were fetched
	mu       sync.Mutex
	strays   []string // requests to where none belongs
}

func (w *hostileWorld) now() time.Time { return time.Unix(w.seconds.Load(), 0) }

// RoundTrip lets the verifier's requests through to the issuer, and to nobody else.
func (w *hostileWorld) RoundTrip(r *http.Request) (*http.Response, error) {
	if own, _ := url.Parse(w.issuer.URL); r.URL.Host != own.Host {
		w.stray("the verifier asked " + r.URL.Host)
		return nil, fmt.Errorf("no request goes to %s", r.URL.Host)
	}
	return http.DefaultTransport.RoundTrip(r)
}

func (w *hostileWorld) stray(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.strays = append(w.strays, what)
}

// silent fails the test if anybody was asked who shouldn't be.
func (w *hostileWorld) silent(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.strays) > 0 {
		t.Errorf("%d requests, the first: %s", len(w.strays), w.strays[0])
	}
}

// newHostileWorld makes one. With a status list, each token of the issuer's has a place in it.
func newHostileWorld(t *testing.T, changes ...func(*verifier.Config)) *hostileWorld {
	t.Helper()
	w := &hostileWorld{}
	w.seconds.Store(corpus.Time)
	w.tokens = store.NewMemory(w.now, time.Minute)
	t.Cleanup(func() { _ = w.tokens.Close() })
	attacker := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { w.stray("the attacker was asked for " + r.URL.Path) }))
	t.Cleanup(attacker.Close)
	c, ring, err := corpus.Generate(attacker.URL)
	if err != nil {
		t.Fatal(err)
	}
	w.corpus = c
	w.issuer = w.serveIssuer(t, ring)
	config := verifier.Config{
		Issuer: c.Issuer, Resource: c.Resource, IntrospectionEndpoint: w.issuer.URL + "/introspect", JWKSURI: w.issuer.URL + "/jwks",
		ClientID: "rs", ClientSecret: "s-rs", Cache: verifier.DefaultCache(),
		EventsURI: w.issuer.URL + "/events", DenylistURI: w.issuer.URL + "/denylist", StatusURI: w.issuer.URL + "/status", StatusListOrigin: w.issuer.URL,
		Routes: []verifier.Route{{Path: "/resource"}, {Path: "/read", Scopes: []string{"read"}}, {Path: "/risky", Risky: true}},
	}
	for _, a := range c.Algorithms {
		config.Algorithms = append(config.Algorithms, string(a))
	}
	for _, change := range changes {
		change(&config)
	}
	opaque, selfContained, err := issuer.ParsePersistence(strings.NewReader("opaque: {keep: token, at_rest: {kind: plain}}"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	v, err := verifier.New(config, verifier.Options{Client: &http.Client{Transport: w}, Now: w.now,
		Table: &verifier.Table{Tokens: w.tokens, Opaque: opaque, SelfContained: selfContained}})
	if err != nil {
		t.Fatal(err)
	}
	w.verifier, w.server = v, httptest.NewServer(v)
	t.Cleanup(func() { w.server.Close(); v.Close() })
	return w
}

// serveIssuer starts the reference issuer. What it publishes is the corpus's set, whose
// good keys are its own.
func (w *hostileWorld) serveIssuer(t *testing.T, ring *keys.Ring) *httptest.Server {
	t.Helper()
	client := func(id string, form token.Form, lifetime int) issuer.Client {
		return issuer.Client{ID: id, Secret: issuer.Secret("s-" + id), Form: form, Scopes: []string{"read"}, Lifetime: lifetime}
	}
	user := client("user", token.OpaqueForm, 0)
	user.Grants, user.RedirectURIs = []issuer.GrantType{"authorization_code", "refresh_token"}, []string{"https://app.example/cb"}
	i, err := issuer.New(issuer.Config{
		Issuer: corpus.Issuer, Resource: corpus.Resource, StatusList: true, HeadlessConsent: true,
		Clients: []issuer.Client{client("opaque", token.OpaqueForm, 0), client("brief", token.OpaqueForm, 60), client("ES256", "ES256", 0),
			client("phantom", "phantom-ES256", 0), client("split", "split-ES256", 0), user},
		Users:        []issuer.User{{Name: "alice", Password: "s-alice"}},
		Introspector: issuer.Introspector{ID: "rs", Secret: "s-rs"},
		Persistence:  issuer.Persistence{Opaque: issuer.Kept{Keep: issuer.Keep(store.KeepToken), AtRest: issuer.AtRest{Kind: issuer.Plain}}}, // for phantoms
	}, issuer.Options{Now: w.now, Keys: ring, Store: w.tokens})
	if err != nil {
		t.Fatal(err)
	}
	set := []byte(w.corpus.JWKS)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/jwks" {
			w.keySets.Add(1)
			rw.Header().Set("Content-Type", "application/jwk-set+json")
			_, _ = rw.Write(set)
			return
		}
		i.ServeHTTP(rw, r)
	}))
	t.Cleanup(func() { i.EndStreams(); server.Close(); _ = i.Close() })
	return server
}

// grant asks for a token.
func (w *hostileWorld) grant(t *testing.T, client string, form url.Values) map[string]any {
	t.Helper()
	if form == nil {
		form = url.Values{"grant_type": {"client_credentials"}}
	}
	var m map[string]any
	body := w.post(t, "/token", client, form)
	if err := json.Unmarshal(body, &m); err != nil || m["access_token"] == nil {
		t.Fatalf("no token for %s: %v", client, err)
	}
	return m
}

func (w *hostileWorld) post(t *testing.T, path, client string, form url.Values) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.issuer.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(client, "s-"+client)
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// present sends a token as a bearer's, by HTTP where a header can hold it, and returns
// the status and the challenge.
func (w *hostileWorld) present(t *testing.T, path, text string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+text)
	if strings.ContainsAny(text, "\x00\r\n") || text == "" { // HTTP strips what surrounds a value
		answer := httptest.NewRecorder()
		w.verifier.ServeHTTP(answer, r)
		return answer.Code, answer.Header().Get("WWW-Authenticate")
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body)
	return response.StatusCode, response.Header.Get("WWW-Authenticate")
}

func challengeOf(code string) string {
	sum := sha256.Sum256([]byte(code))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// withKeyID puts another kid into a token's header.
func withKeyID(text, kid string) (string, error) {
	header, err := forge.Read(text, forge.Header)
	if err != nil {
		return "", err
	}
	header, err = forge.Alter(header, forge.Change{Do: forge.Set, Name: "kid", Value: `"` + kid + `"`})
	if err != nil {
		return "", err
	}
	return forge.Replace(text, forge.Header, header)
}
