package issuer

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/token"
)

// profileConfig has a client with signed and one with opaque tokens, in a profile.
func profileConfig(profile string) Config {
	c := partyConfig()
	c.Profile = profile
	scopes := []string{"openid", "email", "read"}
	for _, form := range []token.Form{"RS256", "opaque"} {
		c.Clients = append(c.Clients, Client{
			ID: "look-" + string(form), Secret: Secret("s-look-" + string(form)), Form: form, Scopes: scopes, Grants: GrantTypes(),
			RedirectURIs: []string{testRedirect},
			Claims:       []CustomClaim{{Name: "tier", Value: 3}, {Name: "internal_risk", Value: map[string]any{"score": 9}, Hidden: true}},
		})
	}
	c.TrustedIssuers[0].HiddenClaims = []string{"salary", "tier"}
	return c
}

// part decodes a part of a token.
func part(t testing.TB, tok string, n int) string {
	t.Helper()
	b, err := base64.RawURLEncoding.DecodeString(strings.Split(tok, ".")[n])
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func names(t testing.TB, object string) []string {
	t.Helper()
	dec := json.NewDecoder(strings.NewReader(object))
	if _, err := dec.Token(); err != nil {
		t.Fatal(err)
	}
	var out []string
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, name.(string))
		if err := dec.Decode(new(any)); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// Each profile's tokens and answers have its members, in its order, for tokens of an
// application and of a user; nothing that is hidden is where a client can read it.
func TestProfiles(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		profile                                       string
		header                                        []string
		application, user, answer, userAnswer, hidden string
	}{
		{"rfc9068", []string{"typ", "alg", "kid"},
			"iss aud sub client_id scope iat exp jti tier azp", "iss aud sub client_id scope iat exp jti username tier azp",
			"active token_type iss aud sub client_id scope iat exp jti tier", "active token_type iss aud sub client_id scope iat exp jti username tier", `{"score":9}`},
		{"wso2-5", []string{"alg"},
			"iss aud exp iat azp jti tier", "sub aud azp iss exp iat jti tier",
			"nbf scope active token_type exp iat client_id tier", "nbf scope active token_type exp iat client_id username tier", `{"score":9}`},
		{"wso2-7", []string{"typ", "alg", "kid"},
			"sub aut aud nbf azp scope iss exp iat jti tier", "sub aut aud nbf azp scope iss exp iat jti tier",
			"nbf scope active token_type exp iat client_id tier", "aut nbf scope active token_type exp iat client_id username tier", `{"score":9}`},
		{"authlete", []string{"typ", "alg", "kid"},
			"scope client_id exp iat iss jti tier", "scope client_id exp iat sub iss jti tier",
			"active token_type scope client_id exp iat iss jti tier", "active token_type scope client_id exp iat sub username iss jti tier", `"{\"score\":9}"`},
	} {
		t.Run(row.profile, func(t *testing.T) {
			t.Parallel()
			i := newIssuer(t, profileConfig(row.profile), newClock())
			for _, id := range []string{"look-RS256", "look-opaque"} {
				for _, grant := range []struct {
					parameters      url.Values
					payload, answer string
				}{
					{url.Values{"grant_type": {"client_credentials"}}, row.application, row.answer},
					{passwordOf("alice"), row.user, row.userAnswer},
				} {
					tok := text(granted(t, i, ask(id, grant.parameters)), "access_token")
					if strings.Contains(tok, ".") {
						if got := names(t, part(t, tok, 0)); !slices.Equal(got, row.header) {
							t.Errorf("header %v, want %v", got, row.header)
						}
						if got := strings.Join(names(t, part(t, tok, 1)), " "); got != grant.payload {
							t.Errorf("payload\n got %s\nwant %s", got, grant.payload)
						}
					}
					// A resource server is told all, a client what isn't hidden.
					body := introspect(i, tok).Body.String()
					if got := strings.Join(names(t, body), " "); got != grant.answer+" internal_risk" || !strings.Contains(body, `"internal_risk":`+row.hidden) {
						t.Errorf("%s: answer %s, want the members %s internal_risk", id, body, grant.answer)
					}
					w := do(i, request{path: "/introspect", id: id, secret: "s-" + id, body: url.Values{"token": {tok}}.Encode()})
					if got := strings.Join(names(t, w.Body.String()), " "); got != grant.answer {
						t.Errorf("%s: answer to the client %s, want %s", id, got, grant.answer)
					}
				}
			}
		})
	}
}

// Neither the jti nor its digest's preimage is a token, a revoked token's record is
// gone, and the answer about that is exact.
func TestHybridTokens(t *testing.T) {
	t.Parallel()
	for _, profile := range token.Profiles() {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			clk := newClock()
			i := newIssuer(t, profileConfig(profile), clk)
			m := granted(t, i, ask("look-RS256", passwordOf("alice")))
			tok := text(m, "access_token")
			var said struct {
				ID string `json:"jti"`
			}
			if err := json.Unmarshal([]byte(part(t, tok, 1)), &said); err != nil || said.ID == "" {
				t.Fatalf("jti %q: %v", said.ID, err)
			}
			for _, bad := range []string{said.ID, "jti\x00" + said.ID, tok + "A"} {
				if got := introspect(i, bad).Body.String(); got != `{"active":false}` {
					t.Errorf("%q: %s", bad, got)
				}
			}
			if !active(t, i, tok) {
				t.Fatal("not active")
			}
			// With the refresh token all of the authorization goes.
			revoked := do(i, request{path: "/revoke", id: "look-RS256", secret: "s-look-RS256", body: url.Values{"token": {text(m, "refresh_token")}}.Encode()})
			if got := introspect(i, tok).Body.String(); revoked.Code != 200 || got != `{"active":false}` {
				t.Errorf("after revocation (%d): %s", revoked.Code, got)
			}
			other := obtain(t, i, "look-RS256", "")
			if do(i, request{path: "/revoke", id: "look-RS256", secret: "s-look-RS256", body: "token=" + other}).Code != 200 || active(t, i, other) {
				t.Error("a revoked application token is active")
			}
			last := obtain(t, i, "look-RS256", "")
			clk.advance(DefaultLifetime)
			if active(t, i, last) {
				t.Error("an expired token is active")
			}
		})
	}
}

// WSO2's opaque tokens are UUIDs, and its refresh tokens can be asked about until they
// are used.
func TestWSO2RefreshTokens(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, profileConfig("wso2-7"), newClock())
	m := granted(t, i, ask("look-opaque", passwordOf("alice")))
	access, refresh := text(m, "access_token"), text(m, "refresh_token")
	if len(access) != token.UUIDLength || len(refresh) != token.UUIDLength {
		t.Errorf("%d and %d characters", len(access), len(refresh))
	}
	const want = `{"nbf":1700000000,"scope":"openid email read","active":true,"token_type":"Refresh","exp":1700010000,"iat":1700000000,"client_id":"look-opaque","username":"alice"}`
	if got := introspect(i, refresh).Body.String(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	granted(t, i, ask("look-opaque", url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}}))
	if got := introspect(i, refresh).Body.String(); got != `{"active":false}` {
		t.Errorf("a used refresh token: %s", got)
	}
}

// Application tokens have a username only where that is asked for.
func TestApplicationUsername(t *testing.T) {
	t.Parallel()
	for _, old := range []bool{false, true} {
		c := profileConfig("wso2-7")
		c.ApplicationUsername = old
		for n := range c.Clients {
			c.Clients[n].Owner = "admin"
		}
		i := newIssuer(t, c, newClock())
		for _, id := range []string{"look-RS256", "look-opaque"} {
			about := object(t, introspect(i, obtain(t, i, id, "")))
			if got := about["username"] == "admin"; got != old || about["aut"] != nil {
				t.Errorf("%v: %v", old, about)
			}
		}
	}
}

// Authlete's tokens have an aud where a resource was asked for, and so do those that
// come of them.
func TestAudienceOnRequest(t *testing.T) {
	t.Parallel()
	i := newIssuer(t, profileConfig("authlete"), newClock())
	for _, id := range []string{"look-RS256", "look-opaque"} {
		for _, asked := range []bool{false, true} {
			parameters := passwordOf("alice")
			if asked {
				parameters.Set("resource", testResource)
			}
			m := granted(t, i, ask(id, parameters))
			again := granted(t, i, ask(id, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {text(m, "refresh_token")}}))
			for _, m := range []map[string]any{m, again} {
				aud, _ := object(t, introspect(i, text(m, "access_token")))["aud"].([]any)
				if (len(aud) == 1 && aud[0] == testResource) != asked {
					t.Errorf("%s, asked %v: aud %v", id, asked, aud)
				}
			}
		}
	}
}

// What an assertion brings is hidden where it must be, and can't overrule the client's
// own claims.
func TestCarriedOverAndHidden(t *testing.T) {
	t.Parallel()
	clk := newClock()
	for _, profile := range token.Profiles() {
		i := newIssuer(t, profileConfig(profile), clk)
		assertion := sign(t, "https://idp.example", claims{"iss": "https://idp.example", "sub": "u-9", "aud": testIssuer, "jti": "1",
			"exp": clk.now().Unix() + 60, "department": "r&d", "salary": 1, "tier": 99}, nil)
		m := granted(t, i, ask("look-RS256", url.Values{"grant_type": {string(JWTBearer)}, "assertion": {assertion}}))
		tok := text(m, "access_token")
		payload := part(t, tok, 1)
		if !strings.Contains(payload, "department") || strings.Contains(payload, "salary") || strings.Contains(payload, `"tier":"99`) || strings.Contains(payload, `"tier":99`) || strings.Contains(payload, "internal_risk") {
			t.Errorf("%s: payload %s", profile, payload)
		}
		about := object(t, introspect(i, tok))
		if about["department"] != "r&d" || about["salary"] == nil || about["internal_risk"] == nil || about["tier"] == 99.0 || about["tier"] == nil {
			t.Errorf("%s: %v", profile, about)
		}
	}
}

// A client can have a profile of its own, and tokens of both are recognized.
func TestProfileOfClient(t *testing.T) {
	t.Parallel()
	c := profileConfig("")
	c.AudienceAs, c.ScopeAs = "array", "scopes"
	c.Clients[1].Profile = "wso2-5"
	i := newIssuer(t, c, newClock())
	bare, plain := obtain(t, i, "RS256", ""), obtain(t, i, "ES256", "")
	if part(t, bare, 0) != `{"alg":"RS256"}` || !strings.Contains(part(t, plain, 1), `"aud":["https://api.example"]`) ||
		!strings.Contains(part(t, plain, 1), `"scopes":["read","write"]`) {
		t.Errorf("%s %s", part(t, bare, 0), part(t, plain, 1))
	}
	if about := object(t, introspect(i, plain)); about["active"] != true || about["scope"] != "read write" {
		t.Errorf("%v", about)
	}
	if !active(t, i, bare) {
		t.Error("the token in the client's profile is not active")
	}
}

func TestProfileConfig(t *testing.T) {
	t.Parallel()
	for change, want := range map[string]string{
		"profile: wso2-7, aud_as: array, scope_as: scopes": "",
		"profile: nonesuch":          `profile "nonesuch"`,
		"aud_as: list":               `aud "list"`,
		"scope_as: list":             `scope "list"`,
		"application_username: true": "owner: missing",
		"clients: [{id: a, secret: s, form: opaque, scopes: [r], claims: [{name: sub, value: x}]}]":                         `claim "sub"`,
		"clients: [{id: a, secret: s, form: opaque, scopes: [r], claims: [{name: x}, {name: x, hidden: true}]}]":            `claim "x"`,
		"clients: [{id: a, secret: s, form: opaque, scopes: [r], profile: x}]":                                              `profile "x"`,
		"clients: [{id: a, secret: s, form: RS256, scopes: [r], claims: [{name: y, value: {z: [1, null]}, hidden: true}]}]": "",
	} {
		base := "issuer: http://127.0.0.1:8080, resource: r, "
		if !strings.Contains(change, "clients") {
			base += "clients: [{id: a, secret: s, form: opaque, scopes: [r]}], "
		}
		_, err := ParseConfig(strings.NewReader("{" + base + change + "}"))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", change, err)
		}
	}
}
