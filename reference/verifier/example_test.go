package verifier_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/oauthmark/oauthmark/reference/verifier"
)

// A program guards a handler of its own. Nothing is asked of the issuer until a token
// comes.
func Example() {
	v, err := verifier.New(verifier.Config{
		Issuer:                "https://as.example",
		Resource:              "https://api.example",
		IntrospectionEndpoint: "https://as.example/introspect",
		JWKSURI:               "https://as.example/jwks",
		ClientID:              "api",
		ClientSecret:          "change-me",
		Algorithms:            []string{"ES256"},
		Cache:                 verifier.DefaultCache(),
	}, verifier.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer v.Close()
	strategy, _ := v.Strategy(verifier.Hybrid)

	transfer := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		said, _ := verifier.ClaimsFrom(r.Context())
		fmt.Fprintln(w, "for", said.Subject)
	})
	route := verifier.Route{Scopes: []string{"write"}, Risky: true, Guard: v.Guard()}
	mux := http.NewServeMux()
	mux.Handle("POST /transfer", verifier.Protect(strategy, route, transfer))

	for _, token := range []string{"", "Bearer made.up.token"} {
		request, answer := httptest.NewRequest("POST", "/transfer", nil), httptest.NewRecorder()
		if token != "" {
			request.Header.Set("Authorization", token)
		}
		mux.ServeHTTP(answer, request)
		fmt.Println(answer.Code, answer.Header().Get("WWW-Authenticate"))
	}
	// Output:
	// 401 Bearer realm="https://api.example", resource_metadata="https://api.example/.well-known/oauth-protected-resource"
	// 401 Bearer realm="https://api.example", resource_metadata="https://api.example/.well-known/oauth-protected-resource", error="invalid_token", error_description="the token is malformed"
}

// Each strategy says how long a revoked token may pass, and what passes in an outage.
func ExampleStrategies() {
	for _, name := range verifier.Strategies() {
		if needs := verifier.Needs(name); needs != "" {
			fmt.Println(name, "needs", needs)
		}
	}
	// Output:
	// introspect-push needs events_uri
	// shared-cache needs shared_cache
	// shared-db needs the issuer's token table
	// local-denylist needs denylist_uri
	// local-online-status needs status_uri
}
