package verifier

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/issuer"
)

// A refresh token isn't an access token, though an issuer that is asked says that it is
// active: the reference issuer does, as WSO2's does.
func TestRefreshTokenIsRefused(t *testing.T) {
	t.Parallel()
	c := newClock()
	server := httptest.NewUnstartedServer(nil)
	server.Start()
	t.Cleanup(server.Close)
	i, err := issuer.New(issuer.Config{
		Issuer: server.URL, Resource: testResource, Introspector: issuer.Introspector{ID: "rs", Secret: "s-rs"},
		PasswordGrant: true, Users: []issuer.User{{Name: "alice", Password: "pw-alice"}},
		Clients: []issuer.Client{{ID: "app", Secret: "s-app", Form: "opaque", Profile: "wso2-7", Scopes: []string{"read"},
			Grants: []issuer.GrantType{issuer.Password, issuer.RefreshToken}}},
	}, issuer.Options{Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = i.Close() })
	server.Config.Handler = i
	r := &realIssuer{url: server.URL, clock: c}
	access, refresh := r.obtainBy(t, "app", url.Values{"grant_type": {"password"}, "username": {"alice"}, "password": {"pw-alice"}})
	for _, name := range []string{Introspect, IntrospectCached} {
		s, _ := r.strategy(t, name)
		for range 2 {
			judges(t, s, access, "")
			judges(t, s, refresh, claims.ReasonKind)
		}
	}
}

// What an answer says of the token's type counts, wherever it says it.
func TestTokenType(t *testing.T) {
	t.Parallel()
	for members, want := range map[string]int{
		``:                              200,
		`,"token_type":"Bearer"`:        200,
		`,"token_type":"bearer"`:        200,
		`,"token_type":"JWT"`:           200,
		`,"token_type":"Refresh"`:       401,
		`,"token_type":"refresh_token"`: 401,
		`,"token_type":"mac"`:           401,
		`,"token_type":""`:              401,
		`,"token_type":1`:               503,
		`,"token_use":"access_token","token_type":"Bearer"`:  200,
		`,"token_use":"refresh_token","token_type":"Bearer"`: 401,
		`,"typ":"Bearer"`:  200,
		`,"typ":"Refresh"`: 401,
		`,"typ":"Offline"`: 401,
		`,"typ":"ID"`:      401,
		// RFC 9449, section 6.2: it is bound to a key, and nobody says to which.
		`,"token_type":"DPoP"`:                        401,
		`,"token_type":"DPoP","cnf":{"x5t#S256":"x"}`: 401,
		`,"token_type":"DPoP","cnf":{"jkt":"x"}`:      401,
		`,"cnf":{"jkt":"x"},"token_type":"Bearer"`:    401,
	} {
		u := newUpstream(t)
		u.answer(200, `{"active":true,"client_id":"app"`+members+`}`)
		v, _ := u.verifier(t)
		for _, name := range []string{Introspect, IntrospectCached} {
			for range 2 {
				response, request := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/"+name+"/resource", nil)
				request.Header.Set("Authorization", "Bearer x")
				v.ServeHTTP(response, request)
				if response.Code != want {
					t.Errorf("%s: %s: status %d, want %d", name, members, response.Code, want)
				}
			}
		}
	}
}
