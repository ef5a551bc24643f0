package load

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/store/servers"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
	"github.com/oauthmark/oauthmark/targets/redact"
)

// issuerFor serves the reference issuer as it is set up for the way, with the clients a and b.
func issuerFor(t *testing.T, i issuance, p party) *targets.Instance {
	t.Helper()
	var handler atomic.Pointer[issuer.Issuer]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { handler.Load().ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	c := issuer.Config{Issuer: server.URL, Resource: "urn:api"}
	in := &targets.Instance{Issuer: server.URL, Secrets: redact.New(), Endpoints: targets.Endpoints{targets.TokenEndpoint: server.URL + "/token"}}
	for _, id := range []string{"a", "b"} {
		secret := issuer.Secret("the secret of " + id)
		c.Clients = append(c.Clients, issuer.Client{ID: id, Secret: secret, Form: "ES256", Scopes: []string{"read"}})
		in.Clients = append(in.Clients, targets.Client{ID: id, Secret: secret, Form: "ES256", Scopes: []string{"read"}})
	}
	i.configure(&c, p, nil)
	made, err := issuer.New(c, issuer.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = made.Close() })
	handler.Store(made)
	return in
}

// The requests of every grant are answered with tokens; those that are good for one time
// are answered once.
func TestEveryGrantGetsTokens(t *testing.T) {
	t.Parallel()
	for _, grant := range grantNames() {
		t.Run(grant, func(t *testing.T) {
			t.Parallel()
			i := issuance{grant: grant, form: "ES256"}
			a, err := newAsserter()
			if err != nil {
				t.Fatal(err)
			}
			p := party{password: "the password", asserter: a}
			in := issuerFor(t, i, p)
			forms, err := i.forms(t.Context(), in, p, in.Clients, 6)
			if err != nil {
				t.Fatal(err)
			}
			answers := newIssued("ES256")
			ask := func(k int) (Answer, string) {
				c := in.Clients[k%len(in.Clients)]
				r, err := posted(t.Context(), c, in.Endpoints[targets.TokenEndpoint], forms[k])
				if err != nil {
					t.Fatal(err)
				}
				status, body := send(t, r)
				return answers.read(c, Allow)(status, body)
			}
			for k := range forms {
				if said, why := ask(k); said != Allow || why != "" {
					t.Errorf("request %d: %v %q", k, said, why)
				}
			}
			if said, why := ask(0); (said == Deny) != i.once() {
				t.Errorf("a second time: %v %q, good for one time: %v", said, why, i.once())
			}
			for _, value := range []string{p.password.Reveal(), forms[0].Get("code"), forms[0].Get("refresh_token"), forms[0].Get("assertion"), forms[0].Get("code_verifier")} {
				if value != "" && value != "the password" && strings.Contains(in.Secrets.Redact("x "+value+" x"), value) {
					t.Errorf("what the grant needs is no secret of the instance")
				}
			}
		})
	}
}

func send(t *testing.T, r Request) (int, []byte) {
	t.Helper()
	req, err := http.NewRequest(r.Method, r.URL, strings.NewReader(r.Body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = r.Header
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body := make([]byte, maxBody)
	n := 0
	for {
		k, err := resp.Body.Read(body[n:])
		if n += k; err != nil {
			return resp.StatusCode, body[:n]
		}
	}
}

// A request that is good for one time is sent once, however the load is drawn.
func TestOnceEach(t *testing.T) {
	t.Parallel()
	var requests []Request
	for i := range 60 {
		requests = append(requests, Request{Right: map[bool]Answer{true: Deny, false: Allow}[i%20 == 7]})
	}
	for _, n := range []int{1, 2, 50, 57} {
		for seed := range uint64(20) {
			order, seen, bad := onceEach(requests, n, badShare, seed), map[uint32]bool{}, 0
			for _, i := range order {
				if requests[i].Right == Deny {
					bad++
				} else if seen[i] {
					t.Fatalf("request %d is sent twice", i)
				}
				seen[i] = true
			}
			if len(order) != n || bad == 0 {
				t.Errorf("%d of %d arrivals, %d of them bad", len(order), n, bad)
			}
		}
	}
	if order := onceEach(requests[:7], 20, 0.02, 1); len(order) != 7 {
		t.Errorf("%d arrivals of 7 requests", len(order))
	}
}

func TestClosedArrivalsHaveNoOnce(t *testing.T) {
	t.Parallel()
	if _, err := arrivalsOnce("a code", results.Offered{Arrivals: results.Closed, Duration: 1e9}, 1); err == nil {
		t.Error("a closed load sends each request once")
	}
	n, err := arrivalsOnce("a code", results.Offered{Arrivals: results.Constant, Rate: 100, Duration: 1e9}, 1)
	if err != nil || n != 100 {
		t.Errorf("%d arrivals, %v", n, err)
	}
}

// A store is there, answers, tells what it uses where it is a server, and leaves nothing.
func TestKeptStores(t *testing.T) {
	t.Parallel()
	for _, kind := range issuer.Stores()[1:] {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			if err := servers.Lacks(kind); err != nil {
				t.Skip(err)
			}
			if _, err := openKept(t.Context(), kind, targets.Container); err == nil || !strings.Contains(err.Error(), "--runtime process") {
				t.Errorf("in a container: error %v", err)
			}
			k, err := openKept(t.Context(), kind, targets.Process)
			if err != nil {
				t.Fatal(err)
			}
			if got, ok := k.url.Kind(); !ok || got != kind {
				t.Errorf("the store is of the kind %q", got)
			}
			if k.server != nil {
				if u, ok := k.Usage(context.Background()); ok && u.PeakBytes == 0 {
					t.Errorf("usage %+v", u)
				}
			}
			for range 2 {
				if err := k.close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	if _, err := openKept(t.Context(), "paper", targets.Process); err == nil {
		t.Error("there is a store of paper")
	}
}
