package targets

import (
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/verifier"
)

// The reference declares all that its issuer serves to its clients, where its metadata
// says that it is.
func TestReferenceEndpoints(t *testing.T) {
	t.Parallel()
	target, err := Load("reference")
	if err != nil {
		t.Fatal(err)
	}
	in := registered(t, Issues("ES256"))
	server := httptest.NewUnstartedServer(nil)
	in.Issuer, in.Audience = "http://"+server.Listener.Addr().String(), resource
	if server.Config.Handler, err = issuer.New(in.registration(), issuer.Options{}); err != nil {
		t.Fatal(err)
	}
	server.Start()
	defer server.Close()

	urls := target.Endpoints.below(in.Issuer)
	metadata, err := getMetadata(t.Context(), server.Client(), urls[MetadataEndpoint])
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range endpoints {
		if told, ok := metadata[row.member].(string); row.member != "" && told != urls[row.name] {
			t.Errorf("%s is declared at %q, and told by %s at %q, %t", row.name, urls[row.name], row.member, told, ok)
		}
	}
	for _, name := range []Endpoint{EventsEndpoint, DenylistEndpoint, StatusEndpoint} {
		resp, err := server.Client().Get(urls[name])
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if urls[name] == "" || resp.StatusCode == http.StatusNotFound {
			t.Errorf("%s at %q answered %d", name, urls[name], resp.StatusCode)
		}
	}
	if missing := target.Lacks(target.Endpoints.capabilities()); missing != "" {
		t.Errorf("has the endpoint and not the capability %s", missing)
	}
}

// Each endpoint gets into the verifier's configuration as what it is there.
func TestVerifierConfig(t *testing.T) {
	t.Parallel()
	in := registered(t, Issues(Opaque))
	in.Issuer, in.Audience = "http://as.test", "https://r.test"
	all := Endpoints{}
	for _, row := range endpoints {
		all[row.name] = "http://issuer/" + string(row.name)
	}
	want := verifier.Config{
		Issuer: "http://as.test", Resource: "https://r.test", Cache: verifier.DefaultCache(), Algorithms: verifier.Algorithms(),
		Ahead: verifier.Duration(5 * time.Second), MaxToken: 256 << 10, Routes: routes(),
		ClientID: "resource-server", ClientSecret: in.Introspector.Secret,
		IntrospectionEndpoint: "http://issuer/introspection", JWKSURI: "http://issuer/jwks",
		EventsURI: "http://issuer/events", DenylistURI: "http://issuer/denylist", StatusURI: "http://issuer/status",
	}
	if got, err := verifierConfig(in, all); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	got, err := verifierConfig(in, Endpoints{TokenEndpoint: "http://issuer/token?a=b"})
	if absent := "http://issuer/.well-known/oauthmark-absent"; err != nil || got.IntrospectionEndpoint != absent || got.JWKSURI != absent || got.EventsURI != "" {
		t.Errorf("of a token endpoint alone: %+v, %v", got, err)
	}
}

// What a strategy asks of an issuer is an endpoint that a target can declare, and what
// configures the verifier is a member of its configuration.
func TestEveryEndpointHasItsPlace(t *testing.T) {
	t.Parallel()
	for _, name := range verifier.Strategies() {
		d, _ := verifier.Describe(name)
		for _, asked := range d.Asks {
			if Asked(asked) == "" {
				t.Errorf("targets/endpoint.go lacks a line for %s, which the strategy %s asks", asked, name)
			}
		}
	}
	for _, row := range endpoints {
		if row.configures != "" && member(new(verifier.Config), row.configures) == nil {
			t.Errorf("verifier.Config lacks a member %s, which the endpoint %s is", row.configures, row.name)
		}
	}
	if Asked("") != "" {
		t.Error("no member names an endpoint")
	}
}
