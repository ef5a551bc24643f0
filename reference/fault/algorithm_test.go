package fault_test

import (
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"github.com/oauthmark/oauthmark/reference/fault"
	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/reference/token"
)

var everyKey = sync.OnceValues(func() (*keys.Ring, error) { return keys.GenerateRing(rand.Reader, keys.Algorithms()...) })

func send(h http.Handler, path, id string, form url.Values, accept string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.SetBasicAuth(id, "s-"+id)
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// Each fault can be had with tokens of every form: what it breaks in self-contained ones
// it breaks under every algorithm and in every profile, and introspection goes on.
func TestEveryForm(t *testing.T) {
	t.Parallel()
	ring, err := everyKey()
	if err != nil {
		t.Fatal(err)
	}
	// What stands for a JWT is no other thing to a fault, whatever signed that.
	forms := slices.DeleteFunc(token.Forms(), func(f token.Form) bool { return (f.Phantom() || f.Split()) && f.Algorithm() != keys.ES256 })
	for _, profile := range []string{"rfc9068", "wso2-5"} {
		c := issuer.Config{Issuer: "https://as.example", Resource: "https://api.example", Profile: profile}
		c.Introspector = issuer.Introspector{ID: "rs", Secret: "s-rs"}
		c.Persistence.Opaque = issuer.Kept{Keep: "token", AtRest: issuer.AtRest{Kind: issuer.Encrypted}}
		for _, form := range forms {
			c.Clients = append(c.Clients, issuer.Client{ID: string(form), Secret: issuer.Secret("s-" + form), Form: form, Scopes: []string{"read", "write"}})
		}
		for _, f := range fault.All() {
			if profile != "rfc9068" && !strings.HasPrefix(f.Name, "jwt-") {
				continue
			}
			t.Run(profile+", "+f.Name, func(t *testing.T) {
				t.Parallel()
				iss, err := issuer.New(c, issuer.Options{Keys: ring})
				if err != nil {
					t.Fatal(err)
				}
				defer iss.Close()
				broken, err := fault.Wrap(f.Name, iss)
				if err != nil {
					t.Fatal(err)
				}
				for _, form := range forms {
					w := send(broken, "/token", string(form), url.Values{"grant_type": {"client_credentials"}}, "")
					var answer struct {
						Token string `json:"access_token"`
					}
					if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || w.Code != 200 || answer.Token == "" {
						t.Fatalf("%s: status %d, %v", form, w.Code, err)
					}
					kind, _ := form.Kind()
					if kind == token.SelfContained && strings.HasPrefix(f.Name, "jwt-") {
						key, _ := ring.ByAlgorithm(form.Algorithm())
						wantRemade(t, f.Name, answer.Token, key)
					}
					about := send(broken, "/introspect", "rs", url.Values{"token": {answer.Token}}, "")
					var said struct {
						Active any `json:"active"`
					}
					if err := json.Unmarshal(about.Body.Bytes(), &said); err != nil || about.Code != 200 || said.Active != true && said.Active != "true" {
						t.Errorf("%s: introspection: status %d, active %v, %v", form, about.Code, said.Active, err)
					}
				}
				if w := send(broken, "/introspect", "rs", url.Values{"token": {"unknown"}}, "application/jwt"); w.Code == 204 && w.Header().Get("Content-Length") != "" {
					t.Error("204 with a length")
				}
			})
		}
	}
}

// wantRemade checks that the signature of a token that was made anew is as good as the
// fault wants it.
func wantRemade(t *testing.T, name, tok string, key *keys.Key) {
	t.Helper()
	signature, err := forge.Read(tok, forge.Signature)
	if err != nil {
		t.Fatal(err)
	}
	if unsigned := name == "jwt-alg-none"; unsigned != (len(signature) == 0) {
		t.Fatalf("%v: a signature of %d octets", key, len(signature))
	} else if unsigned {
		return
	}
	d, _ := keys.Describe(key.Algorithm)
	if d.Family == keys.MLDSA || key.Algorithm == keys.Ed25519 {
		return // the library doesn't know them
	}
	jws, err := jose.ParseSigned(tok, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(key.Algorithm)})
	if err != nil {
		t.Fatalf("%v: %v", key, err)
	}
	var public any = key.Public()
	if d.Shared() {
		public = key.Secret()
	}
	if _, err = jws.Verify(public); (err == nil) != (name != "jwt-signature-unverifiable") {
		t.Errorf("%v: the signature: %v", key, err)
	}
}
