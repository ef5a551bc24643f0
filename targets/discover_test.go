package targets

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// product is a server of which only its answers are known, by path; ${url} in them is its
// own, and it answers 404 elsewhere. Requests to the token endpoint are kept.
func product(t *testing.T, answers map[string]string) (server *httptest.Server, asked *[]http.Request) {
	t.Helper()
	asked = new([]http.Request)
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, ok := answers[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		if r.ParseForm(); r.Method == http.MethodPost {
			*asked = append(*asked, *r)
		}
		status := http.StatusOK
		if n, err := fmt.Sscanf(answer, "%3d ", &status); n == 1 && err == nil {
			answer = answer[4:]
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, strings.ReplaceAll(answer, "${url}", server.URL))
	}))
	t.Cleanup(server.Close)
	return server, asked
}

const (
	wellKnown = "/.well-known/oauth-authorization-server"
	openID    = "/.well-known/openid-configuration"
	told      = `{"issuer":"${url}","token_endpoint":"${url}/t","introspection_endpoint":"${url}/i","jwks_uri":"${url}/k"}`
	granted   = `{"access_token":"abc","token_type":"Bearer"}`
)

var known = env(envClientID, "me", envClientSecret, "s3cr3t")

// discover completes a target at the server, which the change has described.
func discover(t *testing.T, s *httptest.Server, getenv func(string) string, change func(*Target)) (Target, error) {
	t.Helper()
	target := Target{Name: "product", URL: s.URL}
	if change != nil {
		change(&target)
	}
	return Discover(t.Context(), target, getenv, NewHTTPClient(0, 1))
}

// What a token endpoint answers is for checks to judge; discovery learns what it can.
func TestDiscoverJudgesNoAnswer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, answer string
		scopes       []string
	}{
		{"scope as an array", `{"access_token":"abc","scope":["a","b"]}`, []string{"a", "b"}},
		{"scope as a number", `{"access_token":"abc","scope":1}`, nil},
		{"the token as its scope", `{"access_token":"abc","scope":"a abc"}`, nil},
		{"the secret as its scope", `{"access_token":"abc","scope":"s3cr3t"}`, nil},
		{"201", `201 {"access_token":"abc","scope":"a"}`, []string{"a"}},
		{"an error with 200", `{"error":"invalid_client"}`, nil},
		{"no JSON", `access_token=abc`, nil},
		{"a number for a token", `{"access_token":1}`, nil},
		{"nothing", ``, nil},
	} {
		s, _ := product(t, map[string]string{wellKnown: told, "/t": test.answer})
		got, err := discover(t, s, known, nil)
		if err != nil || !slices.Equal(got.Forms(), []string{Opaque}) || !slices.Equal(got.external.Clients[0].Scopes, test.scopes) {
			t.Errorf("%s: %+v, %v", test.name, got.external, err)
		}
	}
}

// RFC 8414, section 3.3: a place with anything but this issuer's metadata has none.
func TestDiscoverAsksEachPlace(t *testing.T) {
	t.Parallel()
	of := func(issuer string) string { return strings.Replace(told, "${url}", issuer, 1) }
	for _, place := range []string{wellKnown + "/realm", "/realm" + openID, openID + "/realm"} {
		for _, miss := range []string{"", "404 ", "<html>", "[]", "{}", of("https://other.example"), of("${url}"), "302 " + of("${url}/realm"), "503 ", "500 "} {
			answers := map[string]string{"/t": granted}
			for _, other := range places(mustURL(t, "http://x/realm")) {
				if path := strings.TrimPrefix(other, "http://x"); path != place && miss != "" {
					answers[path] = miss
				}
			}
			answers[place] = of("${url}/realm")
			s, _ := product(t, answers)
			got, err := FromURL(t.Context(), s.URL+"/realm", known, s.Client())
			if err != nil || got.external.Endpoints[MetadataEndpoint] != s.URL+place || got.external.Endpoints[IntrospectionEndpoint] != s.URL+"/i" {
				t.Errorf("at %s, beside %q: %+v, %v", place, miss, got.external, err)
			}
		}
	}
	// A slash at the end belongs to the identifier.
	s, _ := product(t, map[string]string{openID: strings.Replace(told, "${url}", "${url}/", 1), "/t": granted})
	if got, err := discover(t, s, known, nil); err != nil || got.external.Issuer != s.URL+"/" {
		t.Errorf("with a slash: %+v, %v", got.external, err)
	}
}

// Whose fault it is that nothing can be learnt, and what to do about it.
func TestDiscoverFails(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		answers map[string]string
		silent  bool
		want    string
	}{
		{"no metadata", nil, false, "  endpoints:\n    token: /PATH\n    introspection: /PATH"},
		{"of another issuer", map[string]string{openID: strings.Replace(told, "${url}", "https://other.example", 1)}, false, `it is of issuer "https://other.example": give that URL`},
		{"no token endpoint", map[string]string{openID: `{"issuer":"${url}"}`}, false, "has no token_endpoint: describe the server"},
		{"busy", map[string]string{wellKnown: "429 "}, true, "but with 429"},
		{"down", map[string]string{openID: "503 "}, true, "but with 503"},
		{"the token endpoint is down", map[string]string{wellKnown: told, "/t": "503 "}, true, "but with 503 Service Unavailable"},
		{"the token endpoint is busy", map[string]string{wellKnown: told, "/t": `429 {"error":"s3cr3t"}`}, true, "but with 429 Too Many Requests"},
		{"a wrong secret", map[string]string{wellKnown: told, "/t": `401 {"error":"invalid_client"}`}, false, "it answered 401 invalid_client"},
		{"another grant", map[string]string{wellKnown: told[:len(told)-1] + `,"grant_types_supported":["password"]}`, "/t": `400 {"error":"unsupported_grant_type"}`}, false,
			"400 unsupported_grant_type; its metadata don't list the grant client_credentials"},
		{"no secrets", map[string]string{wellKnown: told[:len(told)-1] + `,"token_endpoint_auth_methods_supported":["private_key_jwt"]}`, "/t": "401 "}, false, "no way in which a client has a secret"},
	} {
		s, _ := product(t, test.answers)
		_, err := discover(t, s, known, nil)
		if err == nil || errors.Is(err, ErrNoAnswer) != test.silent || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s: silent %t, %v", test.name, errors.Is(err, ErrNoAnswer), err)
		}
	}
	s, _ := product(t, nil)
	s.Close()
	for _, change := range []func(*Target){nil, func(t *Target) { t.Endpoints = Endpoints{TokenEndpoint: "/t"} }} {
		if _, err := discover(t, s, known, change); !errors.Is(err, ErrNoAnswer) {
			t.Errorf("nobody listens: %v", err)
		}
	}
	for _, given := range []func(string) string{env(), env(envClientID, "me", envClientSecret, "s", envIntrospectionID, "you")} {
		if _, err := discover(t, s, given, nil); !errors.Is(err, ErrCredentials) {
			t.Errorf("credentials: %v", err)
		}
	}
}

// A server without metadata is described, with as little as it takes.
func TestDiscoverDescribed(t *testing.T) {
	t.Parallel()
	token := jwt(`{"alg":"RS256","typ":"JWT"}`, `{"iss":"https://as.example","aud":[],"client_id":"me","sub":"me","exp":1,"iat":1,"jti":"j","scope":"","scp":["a"]}`)
	s, asked := product(t, map[string]string{"/t": `{"access_token":"` + token + `"}`})
	got, err := discover(t, s, env(envClientID, "me", envClientSecret, "s", envIntrospectionID, "rs", envIntrospectionSecret, "r"), func(target *Target) {
		target.Endpoints = Endpoints{TokenEndpoint: "/t", JWKSEndpoint: "/k", IntrospectionEndpoint: "/i"}
		target.Capabilities = []Capability{RFC9068}
	})
	if err != nil {
		t.Fatal(err)
	}
	in := got.external
	want := claims.Dialect{Type: []string{"JWT"}, Scope: []string{"scp"}, Absent: []string{"aud"}}
	if in.Issuer != "https://as.example" || !in.IssuerLearned || in.Audience != "" || !reflect.DeepEqual(*got.Accept, want) {
		t.Errorf("issuer %q, audience %q, dialect %+v", in.Issuer, in.Audience, *got.Accept)
	}
	if in.Introspector.ID != "rs" || in.Introspector.Secret.Reveal() != "r" || in.Endpoints[MetadataEndpoint] != "" || got.Lacks([]Capability{RFC9068, Issues("RS256"), JWKS}) != "" {
		t.Errorf("%+v, %v", in, got.Capabilities)
	}
	if r := (*asked)[0]; r.PostForm.Has("resource") || r.PostForm.Has("scope") {
		t.Errorf("asked with %v", r.PostForm)
	}
	c, err := verifierConfig(in.in(got), in.Endpoints)
	if err != nil || !c.Accept.AnyAudience || c.Resource == "" || c.Accept.Type[0] != "JWT" {
		t.Errorf("verifier: %+v, %v", c, err)
	}
}

// in is the instance as it is started.
func (i *Instance) in(t Target) *Instance { i.Target = t; return i }

// Nothing else tells who issues opaque tokens where there are no metadata, and the verifier
// compares it.
func TestDiscoverAsksForTheIssuer(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"active":true,"iss":"https://as.example"}`: "https://as.example", `{"active":true}`: "", `{"active":true,"iss":"s3cr3t"}`: "", `403 `: "", `[]`: "",
	} {
		s, _ := product(t, map[string]string{"/t": granted, "/i": answer})
		got, err := discover(t, s, known, func(target *Target) { target.Endpoints = Endpoints{TokenEndpoint: "/t", IntrospectionEndpoint: "/i"} })
		if in := got.external; err != nil || in.Issuer != cmp.Or(want, s.URL) || !in.IssuerLearned {
			t.Errorf("%s: %+v, %v", answer, in, err)
		}
	}
}

// A token that has the secret in it teaches nothing: what is learnt is shown.
func TestDiscoverLearnsNoSecret(t *testing.T) {
	t.Parallel()
	for _, token := range []string{jwt(`{"alg":"RS256","typ":"x s3cr3t"}`, `{}`), jwt(`{"alg":"RS256"}`, `{"iss":"https://s3cr3t.example"}`), jwt(`{"alg":"RS256"}`, `{"aud":["s3cr3t"]}`)} {
		s, _ := product(t, map[string]string{"/t": `{"access_token":"` + token + `"}`})
		got, err := discover(t, s, known, func(target *Target) { target.Endpoints = Endpoints{TokenEndpoint: "/t"} })
		if in := got.external; err != nil || got.Accept != nil || in.Issuer != s.URL || in.Audience != "" {
			t.Errorf("%+v, %v", in, err)
		}
	}
}

// What is sent as resource is one thing, what is expected in aud another.
func TestDiscoverAudience(t *testing.T) {
	t.Parallel()
	const r, a = "https://r.example", "https://a.example"
	of := func(aud string) string {
		return `{"access_token":"` + jwt(`{"alg":"RS256","typ":"at+jwt"}`, `{"aud":`+aud+`}`) + `"}`
	}
	for _, test := range []struct {
		name, answer   string
		env            []string
		yaml           Target
		sent, expected string
		learned        bool
	}{
		{"nothing, and a mere identifier", granted, nil, Target{}, "", "", false},
		{"nothing, and a JWT", of(`"` + a + `"`), nil, Target{}, "", a, true},
		{"nothing, and a JWT for nobody", of(`[]`), nil, Target{}, "", "", true},
		{"nothing, and a JWT for whom no challenge can name", of(`"\u00e9"`), nil, Target{}, "", "", true},
		{"a resource", of(`["x","` + r + `"]`), []string{envResource, r}, Target{}, r, r, true},
		{"a resource that the server calls otherwise", of(`"` + a + `"`), []string{envResource, r}, Target{}, r, a, true},
		{"an audience", granted, []string{envAudience, a}, Target{}, "", a, false},
		{"both", of(`"x"`), []string{envAudience, a, envResource, r}, Target{Audience: "y", Resource: "urn:y"}, r, a, false},
		{"both in the file", granted, nil, Target{Audience: a, Resource: r}, r, a, false},
	} {
		s, asked := product(t, map[string]string{wellKnown: told, "/t": test.answer})
		got, err := discover(t, s, env(append(test.env, envClientID, "me", envClientSecret, "s")...), func(target *Target) {
			target.Audience, target.Resource = test.yaml.Audience, test.yaml.Resource
		})
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if in := got.external; (*asked)[0].PostForm.Get("resource") != test.sent || in.Audience != test.expected || in.AudienceLearned != test.learned {
			t.Errorf("%s: sent %v, expected %q, learned %t", test.name, (*asked)[0].PostForm, in.Audience, in.AudienceLearned)
		}
	}
}

// Clients authenticate as the metadata say, or as the file says.
func TestDiscoverAuthentication(t *testing.T) {
	t.Parallel()
	post := `,"token_endpoint_auth_methods_supported":["client_secret_post"],"introspection_endpoint_auth_methods_supported":["client_secret_basic","client_secret_post"]}`
	for _, test := range []struct {
		metadata, file string
		client, other  bool // in the body
	}{{"}", "", false, false}, {post, "", true, false}, {post, secretBasic, false, false}, {"}", secretPost, true, true}} {
		s, asked := product(t, map[string]string{wellKnown: told[:len(told)-1] + test.metadata, "/t": granted})
		got, err := discover(t, s, known, func(target *Target) { target.ClientAuth = test.file })
		if err != nil {
			t.Errorf("%v: %v", test, err)
			continue
		}
		r := (*asked)[0]
		_, _, basic := r.BasicAuth()
		if basic == test.client || (r.PostForm.Get("client_id")+r.PostForm.Get("client_secret") == "mes3cr3t") != test.client || got.external.Introspector.InBody != test.other {
			t.Errorf("%v: basic %t, %v", test, basic, r.PostForm)
		}
	}
}
