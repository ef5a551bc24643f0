package issuer

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/oauthmark/oauthmark/reference/dpop"
	"github.com/oauthmark/oauthmark/reference/token"
)

// prover has a key and makes proofs with it.
type prover struct{ key *ecdsa.PrivateKey }

func newProver(t testing.TB) prover {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return prover{k}
}

func (p prover) thumbprint(t testing.TB) string {
	t.Helper()
	sum, err := (&jose.JSONWebKey{Key: p.key.Public()}).Thumbprint(crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return base64.RawURLEncoding.EncodeToString(sum)
}

// prove makes a proof; jwk is the key of its header, that of the prover when nil.
func (p prover) prove(t testing.TB, typ string, jwk any, c claims) string {
	t.Helper()
	if jwk == nil {
		jwk = jose.JSONWebKey{Key: p.key.Public()}
	}
	header := map[jose.HeaderKey]any{jose.HeaderType: typ}
	if jwk != "" {
		header["jwk"] = jwk
	}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: p.key}, &jose.SignerOptions{ExtraHeaders: header})
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.Signed(s).Claims(map[string]any(c)).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func proofOf(jti string) claims {
	return claims{"jti": jti, "htm": "POST", "htu": testIssuer + "/token", "iat": newClock().now().Unix()}
}

// proving sends proofs with a request.
func proving(q request, proofs ...string) request {
	q.header = http.Header{dpop.Header: proofs}
	return q
}

func boundConfig() Config {
	c := partyConfig()
	for n := range c.Clients {
		if id := c.Clients[n].ID; id == "app2" || id == "ES256" {
			c.Clients[n].Bound = BoundDPoP
		}
	}
	return c
}

// A proof binds opaque and self-contained tokens alike, and says so everywhere.
func TestDPoP(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, boundConfig(), newClock())
	p := newProver(t)
	grant := url.Values{"grant_type": {"client_credentials"}}
	for _, id := range []string{"opaque", "EdDSA", "ES256", "app2"} {
		m := granted(t, i, proving(ask(id, grant), p.prove(t, "dpop+jwt", nil, proofOf(id))))
		tok := text(m, "access_token")
		about := object(t, introspect(i, tok))
		cnf, _ := about["cnf"].(map[string]any)
		if m["token_type"] != "DPoP" || about["token_type"] != "DPoP" || cnf["jkt"] != p.thumbprint(t) || len(cnf) != 1 {
			t.Errorf("%s: %v, %v", id, m["token_type"], about)
		}
		if strings.Contains(tok, ".") && !strings.Contains(part(t, tok, 1), `"cnf":{"jkt":"`+p.thumbprint(t)+`"}`) {
			t.Errorf("%s: payload %s", id, part(t, tok, 1))
		}
	}
	if m := granted(t, i, ask("opaque", grant)); m["token_type"] != "Bearer" {
		t.Errorf("without a proof: %v", m["token_type"])
	}
	wantCode(t, do(i, ask("app2", grant)), "invalid_dpop_proof")
}

// Each of the checks of RFC 9449, section 4.3.
func TestProofRefused(t *testing.T) {
	t.Parallel()
	clk := newClock()
	i := newIssuer(t, boundConfig(), clk)
	p, other := newProver(t), newProver(t)
	now := clk.now().Unix()
	good := func(change string, value any) string {
		return p.prove(t, "dpop+jwt", nil, proofOf(change).with(change, value))
	}
	grant := ask("opaque", url.Values{"grant_type": {"client_credentials"}})
	for name, proofs := range map[string][]string{
		"two":             {p.prove(t, "dpop+jwt", nil, proofOf("a")), p.prove(t, "dpop+jwt", nil, proofOf("b"))},
		"empty":           {""},
		"no JWT":          {"x"},
		"typ":             {p.prove(t, "JWT", nil, proofOf("c"))},
		"no jwk":          {p.prove(t, "dpop+jwt", "", proofOf("d"))},
		"jwk of another":  {p.prove(t, "dpop+jwt", jose.JSONWebKey{Key: other.key.Public()}, proofOf("e"))},
		"private jwk":     {p.prove(t, "dpop+jwt", jose.JSONWebKey{Key: p.key}, proofOf("f"))},
		"symmetric jwk":   {p.prove(t, "dpop+jwt", jose.JSONWebKey{Key: []byte("0123456789abcdef0123456789abcdef")}, proofOf("g"))},
		"jwk for another": {p.prove(t, "dpop+jwt", jose.JSONWebKey{Key: p.key.Public(), Algorithm: "RS256"}, proofOf("h"))},
		"no jti":          {good("jti", nil)},
		"long jti":        {good("jti", strings.Repeat("x", 257))},
		"no htm":          {good("htm", nil)},
		"htm":             {good("htm", "GET")},
		"no htu":          {good("htu", nil)},
		"htu":             {good("htu", testIssuer+"/introspect")},
		"htu elsewhere":   {good("htu", "https://else.example/token")},
		"no iat":          {good("iat", nil)},
		"old":             {good("iat", now-62)},
		"ahead":           {good("iat", now+7)},
		"text as iat":     {good("iat", "now")},
		"too long":        {good("x", strings.Repeat("x", dpop.MaxProof))},
		"unsecured":       {"eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6Im5vbmUifQ." + strings.Split(good("y", 1), ".")[1] + "."},
	} {
		t.Run(name, func(t *testing.T) { wantCode(t, do(i, proving(grant, proofs...)), "invalid_dpop_proof") })
	}
	for name, htu := range map[string]string{
		"query": "/token?a=b", "fragment": "/token#x", "host": "", "port": "",
	} {
		target := testIssuer + htu
		switch name {
		case "host":
			target = "HTTPS://AS.example/token"
		case "port":
			target = "https://as.example:443/token"
		}
		granted(t, i, proving(grant, p.prove(t, "dpop+jwt", nil, proofOf("htu "+name).with("htu", target))))
	}
	once := p.prove(t, "dpop+jwt", nil, proofOf("once"))
	granted(t, i, proving(grant, once))
	wantCode(t, do(i, proving(grant, once)), "invalid_dpop_proof")
	// Another key's jti is another one.
	granted(t, i, proving(grant, other.prove(t, "dpop+jwt", nil, proofOf("once"))))
}

// A request without the nonce is told it, in a header.
func TestProofNonce(t *testing.T) {
	t.Parallel()
	clk := newClock()
	c := boundConfig()
	c.DPoPNonce = true
	i := newIssuer(t, c, clk)
	p := newProver(t)
	grant := ask("opaque", url.Values{"grant_type": {"client_credentials"}})
	at := func(jti, nonce string) request {
		return proving(grant, p.prove(t, "dpop+jwt", nil, proofOf(jti).with("nonce", nonce).with("iat", clk.now().Unix())))
	}
	w := do(i, at("a", "guess"))
	wantCode(t, w, "use_dpop_nonce")
	nonce := w.Header().Get("DPoP-Nonce")
	// The same proof may come again with the nonce.
	granted(t, i, at("a", nonce))
	clk.advance(int64(dpop.NoncePeriod.Seconds()))
	granted(t, i, at("b", nonce))
	clk.advance(int64(dpop.NoncePeriod.Seconds()))
	wantCode(t, do(i, at("c", nonce)), "use_dpop_nonce")
	granted(t, i, grant)
}

// The refresh token of a public client needs the key of the first request.
func TestBoundRefresh(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, boundConfig(), newClock())
	p, other := newProver(t), newProver(t)
	code := codeOf(visit(t, i, authorization("public")).Get("code"))
	code.Set("client_id", "public")
	m := granted(t, i, proving(ask("", code), p.prove(t, "dpop+jwt", nil, proofOf("1"))))
	refresh := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {text(m, "refresh_token")}, "client_id": {"public"}}
	wantCode(t, do(i, ask("", refresh)), "invalid_grant")
	wantCode(t, do(i, proving(ask("", refresh), other.prove(t, "dpop+jwt", nil, proofOf("2")))), "invalid_grant")
	// Neither has spent it.
	if m := granted(t, i, proving(ask("", refresh), p.prove(t, "dpop+jwt", nil, proofOf("3")))); m["token_type"] != "DPoP" {
		t.Errorf("token_type %v", m["token_type"])
	}
}

// A token is bound to the certificate that the client authenticated with, where the
// client is registered so.
func TestBoundCertificate(t *testing.T) {
	t.Parallel()
	leaf := &x509.Certificate{Raw: []byte("der")}
	sum := sha256.Sum256(leaf.Raw)
	thumbprint := base64.RawURLEncoding.EncodeToString(sum[:])
	for _, form := range []token.Form{"opaque", "EdDSA"} {
		for _, bound := range []Bound{BoundNot, BoundMTLS} {
			c := testConfig()
			c.Clients = append(c.Clients, Client{ID: "self", Auth: SelfSignedTLSClientAuth, Certificate: Certificate{SHA256: thumbprint}, Form: form, Scopes: []string{"read"}, Bound: bound})
			i := newIssuer(t, c, newClock())
			r := request{path: "/token", body: "grant_type=client_credentials&client_id=self"}.http()
			r.TLS = &tls.ConnectionState{PeerCertificates: []*x509.Certificate{leaf}}
			w := httptest.NewRecorder()
			i.ServeHTTP(w, r)
			m := object(t, w)
			about := object(t, introspect(i, text(m, "access_token")))
			cnf, _ := about["cnf"].(map[string]any)
			if (cnf["x5t#S256"] == thumbprint) != (bound == BoundMTLS) || m["token_type"] != "Bearer" || about["active"] != true {
				t.Errorf("%s, bound %q: %v %v", form, bound, m["token_type"], about)
			}
			said := object(t, do(i, request{method: "GET", path: "/.well-known/oauth-authorization-server"}))
			if got := said["tls_client_certificate_bound_access_tokens"] == true; got != (bound == BoundMTLS) {
				t.Errorf("bound %q: the metadata says %v", bound, got)
			}
		}
	}
}

// The rest of what Bound says is that of a configuration.
func TestBoundConfig(t *testing.T) {
	t.Parallel()
	for bound, want := range map[string]string{"dpop": "", "mtls": "", "tls": `bound "tls"`} {
		_, err := ParseConfig(strings.NewReader(`{issuer: "http://127.0.0.1:1", resource: r, clients: [{id: a, secret: s, form: opaque, scopes: [r], bound: ` + bound + `}]}`))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", bound, err)
		}
	}
}
