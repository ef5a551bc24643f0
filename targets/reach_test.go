package targets

import (
	"slices"
	"testing"
)

// Load goes to where a person said, and to no other host that anybody names.
func TestUnallowed(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		url       string
		declared  Endpoints
		told      Endpoints // by metadata
		allowed   []string
		unallowed []string
	}{
		{"", nil, nil, nil, nil},
		{"http://127.0.0.1:8080", Endpoints{TokenEndpoint: "/t"}, Endpoints{JWKSEndpoint: "http://localhost:1/k"}, nil, nil},
		{"https://as.example", nil, nil, nil, []string{"as.example"}},
		{"https://as.example", nil, nil, []string{"AS.example."}, nil},
		{"https://as.example:8443/x", nil, nil, []string{"as.example"}, nil},
		{"https://as.example", nil, nil, []string{"example", "s.example", "as.example.org", "other.as.example"}, []string{"as.example"}},
		{"https://as.example", nil, Endpoints{JWKSEndpoint: "https://keys.example/k"}, []string{"as.example"}, []string{"keys.example"}},
		{"https://as.example", Endpoints{IntrospectionEndpoint: "https://in.example/i"}, nil, []string{"as.example"}, []string{"in.example"}},
		{"https://as.example", Endpoints{IntrospectionEndpoint: "https://in.example/i"}, nil, nil, []string{"as.example", "in.example"}},
		{"https://[2001:db8::1]", nil, nil, []string{"2001:db8:0::1"}, nil},
		{"https://192.0.2.7", nil, nil, []string{"192.0.2.8"}, []string{"192.0.2.7"}},
		{"http://127.0.0.1:8080", nil, Endpoints{JWKSEndpoint: "https://as.example/k"}, nil, []string{"as.example"}},
		{"http://127.0.0.1:8080", nil, Endpoints{JWKSEndpoint: "://"}, []string{"as.example"}, []string{""}},
	} {
		target := Target{URL: tt.url, Endpoints: tt.declared, AllowHosts: tt.allowed, external: &Instance{Endpoints: tt.told}}
		if got := target.Unallowed(); !slices.Equal(got, tt.unallowed) {
			t.Errorf("%+v: %q", tt, got)
		}
	}
}

// An allowed host may be loaded, which says nothing about secrets: those go to the origin
// that the person named, and not to one that metadata name.
func TestAllowedHostsGetNoSecrets(t *testing.T) {
	t.Parallel()
	in := &Instance{Target: Target{AllowHosts: []string{"other.example"}}, base: "https://as.example"}
	if err := in.trust(TokenEndpoint, true, "https://other.example/token", nil); err == nil {
		t.Error("secrets would go to a host that metadata name")
	}
	if err := in.trust(TokenEndpoint, true, "https://other.example/token", Endpoints{TokenEndpoint: "https://other.example/token"}); err != nil {
		t.Errorf("the person named it: %v", err)
	}
}

func TestCheckHost(t *testing.T) {
	t.Parallel()
	for host, good := range map[string]bool{
		"as.example": true, "localhost": true, "192.0.2.7": true, "2001:db8::1": true, "xn--bcher-kva.example": true,
		"": false, "https://as.example": false, "as.example:443": false, "as.example/x": false, "*.example": false, "u@as.example": false, "[::1]": false, "a b": false,
	} {
		if err := CheckHost(host); (err == nil) != good {
			t.Errorf("%q: %v", host, err)
		}
	}
}
