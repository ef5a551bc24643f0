package issuer

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/token"
)

func passwordOf(name string) url.Values {
	return url.Values{"grant_type": {"password"}, "username": {name}, "password": {"pw-" + name}}
}

func TestPasswordGrant(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, partyConfig(), newClock())
	for _, id := range []string{"app", "signed"} {
		m := granted(t, i, ask(id, passwordOf("alice")))
		if m["scope"] != "read write" || len(text(m, "refresh_token")) != token.OpaqueLength {
			t.Errorf("%s: scope %v, %d members", id, m["scope"], len(m))
		}
		about := object(t, introspect(i, text(m, "access_token")))
		if about["active"] != true || about["sub"] != "u-1" || about["username"] != "alice" || about["client_id"] != id {
			t.Errorf("%s: %v", id, about)
		}
		// Neither is a refresh token an access token.
		if active(t, i, text(m, "refresh_token")) {
			t.Errorf("%s: the refresh token is active as an access token", id)
		}
	}
	if m := granted(t, i, ask("once", passwordOf("bob"))); m["refresh_token"] != nil {
		t.Error("a client without the grant got a refresh token")
	} else if about := object(t, introspect(i, text(m, "access_token"))); about["sub"] != "bob" {
		t.Errorf("sub %v", about["sub"])
	}
	for name, c := range map[string]struct {
		change url.Values
		code   string
	}{
		"wrong password":   {url.Values{"password": {"pw-bob"}}, "invalid_grant"},
		"unknown user":     {url.Values{"username": {"carol"}}, "invalid_grant"},
		"no password":      {url.Values{"password": {""}}, "invalid_request"},
		"no username":      {url.Values{"username": {""}}, "invalid_request"},
		"scope too wide":   {url.Values{"scope": {"read admin"}}, "invalid_scope"},
		"unknown resource": {url.Values{"resource": {"urn:x"}}, "invalid_target"},
	} {
		t.Run(name, func(t *testing.T) { wantCode(t, do(i, ask("app", merged(passwordOf("alice"), c.change))), c.code) })
	}
	wantCode(t, do(i, ask("opaque", passwordOf("alice"))), "unauthorized_client")
}

func merged(all ...url.Values) url.Values {
	out := url.Values{}
	for _, v := range all {
		for name, values := range v {
			out[name] = values
		}
	}
	return out
}

func TestAssertionGrant(t *testing.T) {
	t.Parallel()
	clk := newClock()
	i := newIssuer(t, partyConfig(), clk)
	const idp = "https://idp.example"
	good := claims{"iss": idp, "sub": "u-9", "aud": testIssuer, "exp": clk.now().Unix() + 60,
		"department": "<R&D>", "level": 7, "salary": 1}
	use := func(text, more string) request {
		return ask("app", merged(url.Values{"grant_type": {string(JWTBearer)}, "assertion": {text}, "scope": {"read"}}, query(t, more)))
	}
	for _, id := range []string{"app", "signed"} {
		q := use(sign(t, idp, good.with("jti", "good "+id), nil), "")
		q.id, q.secret = id, "s-"+id
		m := granted(t, i, q)
		about := object(t, introspect(i, text(m, "access_token")))
		if about["sub"] != "u-9" || about["department"] != "<R&D>" || about["level"] != 7.0 || about["salary"] != nil || about["username"] != nil {
			t.Errorf("%s: %v", id, about)
		}
		if m["refresh_token"] != nil {
			t.Errorf("%s: a refresh token", id)
		}
		wantCode(t, do(i, q), "invalid_grant")
	}
	granted(t, i, use(sign(t, idp, good.with("jti", "endpoint").with("aud", testIssuer+"/token"), nil), ""))
	for name, c := range map[string]struct {
		text, more, code string
	}{
		"another's key":     {sign(t, "else", good.with("jti", "a"), nil), "", "invalid_grant"},
		"unknown issuer":    {sign(t, idp, good.with("jti", "a").with("iss", "https://x.example"), nil), "", "invalid_grant"},
		"another audience":  {sign(t, idp, good.with("jti", "a").with("aud", "https://x.example"), nil), "", "invalid_grant"},
		"expired":           {sign(t, idp, good.with("jti", "a").with("exp", 1), nil), "", "invalid_grant"},
		"no jti":            {sign(t, idp, good, nil), "", "invalid_grant"},
		"no sub":            {sign(t, idp, good.with("jti", "a").with("sub", nil), nil), "", "invalid_grant"},
		"a client as sub":   {sign(t, idp, good.with("jti", "a").with("sub", "app2"), nil), "", "invalid_grant"},
		"too much to carry": {sign(t, idp, good.with("jti", "a").with("level", strings.Repeat("x", maxCustom)), nil), "", "invalid_grant"},
		"no assertion":      {"", "", "invalid_request"},
		"no JWT":            {"x", "", "invalid_grant"},
		"scope too wide":    {sign(t, idp, good.with("jti", "a"), nil), "scope=admin", "invalid_scope"},
	} {
		t.Run(name, func(t *testing.T) { wantCode(t, do(i, use(c.text, c.more)), c.code) })
	}
	// None of those that failed has used up the jti.
	granted(t, i, use(sign(t, idp, good.with("jti", "a"), nil), ""))
}

func query(t *testing.T, text string) url.Values {
	t.Helper()
	v, err := url.ParseQuery(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// What the metadata names is what clients can do.
func TestMetadataOfAll(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, partyConfig(), newClock())
	m := object(t, do(i, request{method: "GET", path: pathMetadata}))
	for name, want := range map[string][]string{
		"grant_types_supported":                         {"authorization_code", "client_credentials", "password", "refresh_token", string(JWTBearer)},
		"token_endpoint_auth_methods_supported":         {"client_secret_basic", "client_secret_post", "private_key_jwt", "none"},
		"introspection_endpoint_auth_methods_supported": {"client_secret_basic", "client_secret_post", "private_key_jwt"},
		"response_types_supported":                      {"code"},
		"response_modes_supported":                      {"query"},
		"code_challenge_methods_supported":              {"S256"},
	} {
		var got []string
		list, _ := m[name].([]any)
		for _, v := range list {
			got = append(got, v.(string))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	if m["authorization_endpoint"] != testIssuer+"/authorize" || m["authorization_response_iss_parameter_supported"] != true {
		t.Errorf("authorization_endpoint is %v", m["authorization_endpoint"])
	}
	algs, _ := m["token_endpoint_auth_signing_alg_values_supported"].([]any)
	if len(algs) != len(assertionAlgorithms) || slices.Contains(algs, any("none")) {
		t.Errorf("signing algorithms %v", algs)
	}
}
