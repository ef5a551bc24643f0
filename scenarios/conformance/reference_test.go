package conformance_test

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/token"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
	"github.com/oauthmark/oauthmark/scenarios/conformance/documents"
	"github.com/oauthmark/oauthmark/targets"
)

func all() []conformance.Check { return documents.Checks() }

// fakeClock passes time only when somebody sleeps.
type fakeClock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *fakeClock { return &fakeClock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *fakeClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *fakeClock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
	return ctx.Err()
}

var forms = []string{targets.Opaque, "RS256", "ES256", "EdDSA"}

// ring is made once: RSA keys are slow to make, and no test changes it.
var ring = sync.OnceValues(func() (*keys.Ring, error) {
	var made []*keys.Key
	for _, a := range []keys.Algorithm{keys.RS256, keys.ES256, keys.EdDSA} {
		key, err := keys.Generate(a, rand.Reader)
		if err != nil {
			return nil, err
		}
		made = append(made, key)
	}
	return keys.NewRing(made...)
})

// secret has characters that a form must encode.
func secret() string { return rand.Text() + ": +%" }

// reference starts the reference issuer behind whatever wrap makes of it, and returns
// the instance as the targets package would. Every form has a client with one scope,
// one with two, and one whose tokens live for two seconds. Without a clock it lives in
// the machine's time.
func reference(t *testing.T, clock *fakeClock, wrap func(*issuer.Issuer) (http.Handler, error)) *targets.Instance {
	t.Helper()
	signing, err := ring()
	if err != nil {
		t.Fatal(err)
	}
	return referenceOf(t, forms, signing, clock, wrap)
}

// referenceOf is reference with the forms of token given. Without a ring, it makes its
// own keys.
func referenceOf(t *testing.T, forms []string, ring *keys.Ring, clock *fakeClock, wrap func(*issuer.Issuer) (http.Handler, error)) *targets.Instance {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	url := "http://" + server.Listener.Addr().String()
	inst := &targets.Instance{
		Target: targets.Target{Name: "reference", Capabilities: []targets.Capability{
			targets.ClientCredentials, targets.Introspection, targets.JWKS, targets.Metadata, targets.ShortLifetime,
		}},
		Issuer:       url,
		Audience:     "https://resource.example/",
		Introspector: targets.Client{ID: "resource-server", Secret: config.Secret(secret())},
		Endpoints: targets.Endpoints{
			targets.TokenEndpoint: url + "/token", targets.IntrospectionEndpoint: url + "/introspect", targets.JWKSEndpoint: url + "/jwks",
			targets.MetadataEndpoint: url + "/.well-known/oauth-authorization-server",
		},
	}
	for _, form := range forms {
		inst.Target.Capabilities = append(inst.Target.Capabilities, targets.Issues(form), targets.Introspects(form))
	}
	inst.Target = inst.Target.Narrowed(nil)
	for _, form := range inst.Target.Forms() {
		inst.Clients = append(inst.Clients,
			targets.Client{ID: form + "-one", Secret: config.Secret(secret()), Form: form, Scopes: []string{"read"}},
			targets.Client{ID: form + "-two", Secret: config.Secret(secret()), Form: form, Scopes: []string{"read", "write"}},
			targets.Client{ID: form + "-short", Secret: config.Secret(secret()), Form: form, Scopes: []string{"read"}, Lifetime: 2 * time.Second})
	}
	iss := newIssuer(t, inst, ring, clock)
	handler, err := wrap(iss)
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = handler
	server.Start()
	t.Cleanup(server.Close)
	return inst
}

func newIssuer(t *testing.T, inst *targets.Instance, ring *keys.Ring, clock *fakeClock) *issuer.Issuer {
	t.Helper()
	config := issuer.Config{
		Issuer: inst.Issuer, Resource: inst.Audience,
		Introspector: issuer.Introspector{ID: inst.Introspector.ID, Secret: issuer.Secret(inst.Introspector.Secret.Reveal())},
	}
	for _, c := range inst.Clients {
		config.Clients = append(config.Clients, issuer.Client{ID: c.ID, Secret: issuer.Secret(c.Secret.Reveal()),
			Form: token.Form(c.Form), Scopes: c.Scopes, Lifetime: int(c.Lifetime / time.Second)})
	}
	now := time.Now
	if clock != nil {
		now = clock.Now
	}
	iss, err := issuer.New(config, issuer.Options{Now: now, Keys: ring})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := iss.Close(); err != nil {
			t.Error(err)
		}
	})
	return iss
}

func clean(iss *issuer.Issuer) (http.Handler, error) { return iss, nil }

func judge(t *testing.T, checks []conformance.Check, inst *targets.Instance, clock conformance.Clock) []results.Finding {
	t.Helper()
	session := conformance.NewSession(inst, clock, 1)
	defer session.Close()
	findings := conformance.Judge(t.Context(), checks, session, func(int, string) {})
	if len(findings) != len(checks) {
		t.Fatalf("%d findings of %d checks", len(findings), len(checks))
	}
	for i, f := range findings {
		if f.Check != checks[i].ID {
			t.Fatalf("finding %d is of %s, want %s: they are in another order", i, f.Check, checks[i].ID)
		}
	}
	return findings
}

// basic is the value of HTTP Basic for a client, which no finding may hold either.
func basic(c targets.Client) string {
	return base64.StdEncoding.EncodeToString([]byte(c.ID + ":" + c.Secret.Reveal()))
}
