package issuer

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"slices"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

func introspectAs(i *Issuer, accept, tok string) *httptest.ResponseRecorder {
	return do(i, request{path: "/introspect", id: "rs", secret: "s-rs", body: url.Values{"token": {tok}}.Encode(),
		header: http.Header{"Accept": {accept}}})
}

// RFC 9701, section 5: what the JWT says, and what it doesn't.
func TestIntrospectJWT(t *testing.T) {
	t.Parallel()
	clk := newClock()
	i := newIssuer(t, testConfig(), clk)
	var set jose.JSONWebKeySet
	if err := json.Unmarshal(do(i, request{method: "GET", path: pathJWKS}).Body.Bytes(), &set); err != nil {
		t.Fatal(err)
	}
	toks := map[string]string{"unknown": "x"}
	for _, id := range allForms {
		toks[id] = obtain(t, i, id, "")
	}
	for name, tok := range toks {
		w := introspectAs(i, "application/token-introspection+jwt", tok)
		if h := w.Header(); w.Code != 200 || h.Get("Content-Type") != "application/token-introspection+jwt" || h.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: status %d, headers %v", name, w.Code, h)
		}
		parsed, err := jose.ParseSigned(w.Body.String(), assertionAlgorithms)
		if err != nil {
			t.Fatal(err)
		}
		header := parsed.Signatures[0].Protected
		payload, err := parsed.Verify(set.Key(header.KeyID)[0].Key)
		if err != nil || header.ExtraHeaders[jose.HeaderType] != "token-introspection+jwt" {
			t.Errorf("%s: typ %v, %v", name, header.ExtraHeaders[jose.HeaderType], err)
		}
		var m map[string]any
		if err := json.Unmarshal(payload, &m); err != nil {
			t.Fatal(err)
		}
		members := slices.Sorted(maps.Keys(m))
		if !slices.Equal(members, []string{"aud", "iat", "iss", "token_introspection"}) || m["iss"] != testIssuer || m["aud"] != "rs" ||
			m["iat"] != float64(clk.now().Unix()) {
			t.Errorf("%s: %v", name, m)
		}
		if want := object(t, introspect(i, tok)); !reflect.DeepEqual(m["token_introspection"], any(want)) {
			t.Errorf("%s: %v, want what the answer in JSON says: %v", name, m["token_introspection"], want)
		}
		if w := introspect(i, w.Body.String()); w.Body.String() != `{"active":false}` {
			t.Errorf("%s: the answer itself is taken for a token", name)
		}
	}
}

func TestIntrospectAccept(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, testConfig(), newClock())
	opaque := testConfig()
	opaque.Clients = opaque.Clients[:1]
	keyless := newIssuerWith(t, opaque, Options{})
	const jwt = "application/token-introspection+jwt"
	for accept, want := range map[string]string{
		"": "application/json", "*/*": "application/json", "application/json": "application/json", jwt: jwt,
		"application/json, " + jwt: jwt, "Application/Token-Introspection+JWT;q=0.5": jwt, jwt + ";q=0": "application/json",
		jwt + ";q=x": "application/json", ";;,": "application/json",
		"application/json, " + jwt + ";q=0.5": "application/json", "application/json;q=0.4, " + jwt + ";q=0.5": jwt,
		"application/*;q=0.9, " + jwt + ";q=0.5": "application/json", jwt + ", */*": jwt, jwt + ";q=0.5, */*;q=0.1": jwt,
		"application/json;q=0, */*": jwt, "application/json;q=0, application/*;q=0, */*": "application/json",
		"text/html, */*;q=0.1": "application/json", jwt + "; ;q=0.5;;, application/json;a=\"x,y;q=1\";q=0.4": jwt,
	} {
		if got := introspectAs(i, accept, "x").Header().Get("Content-Type"); got != want {
			t.Errorf("Accept %q: %s, want %s", accept, got, want)
		}
		if got := introspectAs(keyless, accept, "x").Header().Get("Content-Type"); got != "application/json" {
			t.Errorf("Accept %q without a key: %s", accept, got)
		}
	}
}

// The two descriptions of the issuer are one, and that of the resource points back.
func TestOtherMetadata(t *testing.T) {
	t.Parallel()
	c := testConfig()
	c.Issuer, c.Resource = "https://as.example/tenant/", "https://api.example/v1"
	i := newIssuer(t, c, newClock())
	get := func(path string) *httptest.ResponseRecorder { return do(i, request{method: "GET", path: path}) }
	server := get(pathMetadata + "/tenant")
	if w := get("/tenant" + pathOpenID); w.Code != 200 || w.Body.String() != server.Body.String() {
		t.Errorf("OpenID discovery: status %d, %s", w.Code, w.Body)
	}
	m := object(t, get(pathResourceMetadata+"/v1"))
	if m["resource"] != c.Resource || !reflect.DeepEqual(m["authorization_servers"], []any{c.Issuer}) ||
		!reflect.DeepEqual(m["scopes_supported"], object(t, server)["scopes_supported"]) {
		t.Errorf("resource: %v", m)
	}
	if got := object(t, server)["protected_resources"]; !reflect.DeepEqual(got, []any{c.Resource}) {
		t.Errorf("protected_resources: %v", got)
	}
	for resource, want := range map[string][]string{
		"https://api.example":     {""},
		"https://api.example/":    {""},
		"https://api.example/v1":  {"/v1"},
		"https://api.example/v1/": {"/v1/", "/v1"},
	} {
		c.Resource = resource
		i = newIssuer(t, c, newClock())
		for _, path := range []string{"", "/", "/v1", "/v1/", "/v1/x"} {
			w := get(pathResourceMetadata + path)
			if there := slices.Contains(want, path); (w.Code == 200) != there || there && object(t, w)["resource"] != resource {
				t.Errorf("%s: status %d at %q: %s", resource, w.Code, path, w.Body)
			}
		}
	}
	c.Resource = "api"
	i = newIssuer(t, c, newClock())
	if w := get(pathResourceMetadata); w.Code != 404 {
		t.Errorf("a resource that is no URL: status %d", w.Code)
	}
	if got, named := object(t, get(pathMetadata+"/tenant"))["protected_resources"]; named {
		t.Errorf("a resource that is no URL: protected_resources %v", got)
	}
}
