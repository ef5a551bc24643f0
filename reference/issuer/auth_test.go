package issuer

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

const ccType = "grant_type=client_credentials"

func clientAssertion(clk *clock) claims {
	return claims{"iss": "jwt", "sub": "jwt", "aud": testIssuer, "exp": clk.now().Unix() + 60, "jti": "1"}
}

func withAssertion(text string) string {
	return ccType + "&client_assertion_type=" + url.QueryEscape(assertionType) + "&client_assertion=" + url.QueryEscape(text)
}

func TestAuthentication(t *testing.T) {
	t.Parallel()
	clk := newClock()
	i := newIssuer(t, partyConfig(), clk)
	for name, c := range map[string]struct {
		q    request
		code string // empty when granted
	}{
		"basic":                    {request{id: "app", secret: "s-app"}, ""},
		"post":                     {request{body: "&client_id=post&client_secret=s-post"}, ""},
		"post, wrong secret":       {request{body: "&client_id=post&client_secret=s-app"}, "invalid_client"},
		"post, unknown":            {request{body: "&client_id=x&client_secret=s-post"}, "invalid_client"},
		"post without client_id":   {request{body: "&client_secret=s-post"}, "invalid_request"},
		"post for a basic client":  {request{body: "&client_id=app&client_secret=s-app"}, "invalid_client"},
		"basic for a post client":  {request{id: "post", secret: "s-post"}, "invalid_client"},
		"basic for a public one":   {request{id: "public", secret: "x"}, "invalid_client"},
		"basic for a JWT client":   {request{id: "jwt", secret: "x"}, "invalid_client"},
		"basic and post":           {request{id: "app", secret: "s-app", body: "&client_id=app&client_secret=s-app"}, "invalid_request"},
		"post and assertion":       {request{body: "&client_id=post&client_secret=s-post&client_assertion=x"}, "invalid_request"},
		"identifier only, secret":  {request{body: "&client_id=app"}, "invalid_client"},
		"identifier only, JWT":     {request{body: "&client_id=jwt"}, "invalid_client"},
		"identifier only, unknown": {request{body: "&client_id=x"}, "invalid_client"},
		"public, not its grant":    {request{body: "&client_id=public"}, "unauthorized_client"},
		"nothing":                  {request{}, "invalid_client"},
		"assertion without type":   {request{body: "&client_assertion=x"}, "invalid_request"},
		"type without assertion":   {request{body: "&client_assertion_type=" + assertionType}, "invalid_request"},
		"another type":             {request{body: "&client_assertion=x&client_assertion_type=saml"}, "invalid_request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.q.path, c.q.body = "/token", ccType+c.q.body
			wantCode(t, do(i, c.q), c.code)
		})
	}
}

// wantCode checks that a request is granted, or refused as a client that isn't who
// it says, or with another error.
func wantCode(t *testing.T, w *httptest.ResponseRecorder, code string) {
	t.Helper()
	switch code {
	case "":
		if w.Code != 200 {
			t.Errorf("status %d: %s", w.Code, w.Body)
		}
	case "invalid_client":
		wantProblem(t, w, 401, code)
	default:
		wantProblem(t, w, 400, code)
	}
}

func TestPrivateKeyJWT(t *testing.T) {
	t.Parallel()
	clk := newClock()
	i := newIssuer(t, partyConfig(), clk)
	good := clientAssertion(clk)
	now := clk.now().Unix()
	typ := func(v any) map[jose.HeaderKey]any { return map[jose.HeaderKey]any{jose.HeaderType: v} }
	for name, c := range map[string]struct {
		text string
		ok   bool
	}{
		"plain":              {sign(t, "jwt", good.with("jti", "plain"), nil), true},
		"typed":              {sign(t, "jwt", good.with("jti", "typed"), typ("client-authentication+jwt")), true},
		"typed JWT":          {sign(t, "jwt", good.with("jti", "JWT"), typ("JWT")), true},
		"with its kid":       {sign(t, "jwt", good.with("jti", "kid"), map[jose.HeaderKey]any{"kid": "jwt"}), true},
		"aud in an array":    {sign(t, "jwt", good.with("jti", "array").with("aud", []string{testIssuer}), nil), true},
		"clock a bit ahead":  {sign(t, "jwt", good.with("jti", "ahead").with("iat", now+30).with("nbf", now+30), nil), true},
		"another's key":      {sign(t, "else", good, nil), false},
		"another kid":        {sign(t, "jwt", good, map[jose.HeaderKey]any{"kid": "x"}), false},
		"an access token":    {sign(t, "jwt", good, typ("at+jwt")), false},
		"typ a number":       {sign(t, "jwt", good, typ(1)), false},
		"aud the endpoint":   {sign(t, "jwt", good.with("aud", testIssuer+"/token"), nil), false},
		"aud two":            {sign(t, "jwt", good.with("aud", []string{testIssuer, "https://b.example"}), nil), false},
		"aud missing":        {sign(t, "jwt", good.with("aud", nil), nil), false},
		"aud with a slash":   {sign(t, "jwt", good.with("aud", testIssuer+"/"), nil), false},
		"iss another":        {sign(t, "jwt", good.with("iss", "app"), nil), false},
		"sub another":        {sign(t, "jwt", good.with("sub", "app"), nil), false},
		"sub unknown":        {sign(t, "jwt", good.with("sub", "x").with("iss", "x"), nil), false},
		"exp missing":        {sign(t, "jwt", good.with("exp", nil), nil), false},
		"exp now":            {sign(t, "jwt", good.with("exp", now), nil), false},
		"exp far ahead":      {sign(t, "jwt", good.with("exp", now+3700), nil), false},
		"exp out of reach":   {sign(t, "jwt", good.with("exp", 1e300), nil), false},
		"exp a string":       {sign(t, "jwt", good.with("exp", "x"), nil), false},
		"nbf out of reach":   {sign(t, "jwt", good.with("nbf", 1e300), nil), false},
		"nbf ahead":          {sign(t, "jwt", good.with("nbf", now+70), nil), false},
		"iat ahead":          {sign(t, "jwt", good.with("iat", now+70), nil), false},
		"jti missing":        {sign(t, "jwt", good.with("jti", nil), nil), false},
		"jti a number":       {sign(t, "jwt", good.with("jti", 1), nil), false},
		"too long":           {sign(t, "jwt", good.with("x", strings.Repeat("x", maxAssertion)), nil), false},
		"unsigned":           {"eyJhbGciOiJub25lIn0.e30.", false},
		"not a JWT":          {"a.b.c", false},
		"signed with a MAC":  {macAssertion(t, good), false},
		"signature spoiled":  {sign(t, "jwt", good, nil)[:200] + "A", false},
		"critical extension": {sign(t, "jwt", good, map[jose.HeaderKey]any{"crit": []string{"x"}, "x": 1}), false},
	} {
		t.Run(name, func(t *testing.T) {
			code := "invalid_client"
			if c.ok {
				code = ""
			}
			wantCode(t, do(i, request{path: "/token", body: withAssertion(c.text)}), code)
			// Whether it was good or not, it isn't good now.
			wantCode(t, do(i, request{path: "/token", body: withAssertion(c.text)}), "invalid_client")
		})
	}
}

// macAssertion is signed with the public key, as if that were a shared one.
func macAssertion(t *testing.T, c claims) string {
	t.Helper()
	der, err := x509.MarshalPKIXPublicKey(partyKeys()["jwt"].Public())
	if err != nil {
		t.Fatal(err)
	}
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.HS256, Key: der}, nil)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := s.Sign([]byte(`{"iss":"jwt","sub":"jwt","aud":"` + testIssuer + `","jti":"mac","exp":1700000060}`))
	if err != nil {
		t.Fatal(err)
	}
	text, err := signed.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestCertificate(t *testing.T) {
	t.Parallel()
	leaf := &x509.Certificate{Raw: []byte("der"), Subject: pkix.Name{CommonName: "app", Organization: []string{"Example"}}, DNSNames: []string{"app.example"}}
	sum := sha256.Sum256(leaf.Raw)
	thumbprint := base64.RawURLEncoding.EncodeToString(sum[:])
	c := testConfig()
	add := func(id string, auth AuthMethod, cert Certificate) {
		c.Clients = append(c.Clients, Client{ID: id, Auth: auth, Certificate: cert, Form: "opaque", Scopes: []string{"read"}})
	}
	add("self", SelfSignedTLSClientAuth, Certificate{SHA256: thumbprint})
	add("subject", TLSClientAuth, Certificate{Subject: "CN=app,O=Example"})
	add("dns", TLSClientAuth, Certificate{DNS: "app.example"})
	add("other-self", SelfSignedTLSClientAuth, Certificate{SHA256: strings.Repeat("A", 43)})
	add("other-subject", TLSClientAuth, Certificate{Subject: "CN=app"})
	add("other-dns", TLSClientAuth, Certificate{DNS: "www.app.example"})
	i := newIssuer(t, c, newClock())
	shown := &tls.ConnectionState{PeerCertificates: []*x509.Certificate{leaf}}
	validated := &tls.ConnectionState{PeerCertificates: shown.PeerCertificates, VerifiedChains: [][]*x509.Certificate{{leaf}}}
	for _, tc := range []struct {
		id    string
		state *tls.ConnectionState
		ok    bool
	}{
		{"self", shown, true}, {"self", validated, true}, {"self", &tls.ConnectionState{}, false}, {"self", nil, false},
		{"subject", validated, true}, {"subject", shown, false}, {"subject", nil, false},
		{"dns", validated, true}, {"dns", shown, false},
		{"other-self", validated, false}, {"other-subject", validated, false}, {"other-dns", validated, false},
		{"opaque", validated, false}, {"unknown", validated, false},
	} {
		r := request{path: "/token", body: ccType + "&client_id=" + tc.id}.http()
		r.TLS = tc.state
		w := httptest.NewRecorder()
		i.ServeHTTP(w, r)
		if (w.Code == 200) != tc.ok {
			t.Errorf("%s: status %d, want granted %v", tc.id, w.Code, tc.ok)
		}
	}
}

// A public client proves nothing, so that it may not try tokens out.
func TestPublicClientMayNotIntrospect(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, partyConfig(), newClock())
	wantProblem(t, do(i, request{path: "/introspect", body: "client_id=public&token=x"}), 401, "invalid_client")
	if w := do(i, request{path: "/introspect", body: "client_id=post&client_secret=s-post&token=x"}); w.Code != 200 {
		t.Errorf("a client with a secret: status %d", w.Code)
	}
}
