package issuer

import "testing"

// A client's tokens may be for a resource of its own, and then for no other one.
func TestClientResource(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		own, asked, want string
		ok               bool
	}{
		{"", "", "https://api.example", true},
		{"", "https://api.example", "https://api.example", true},
		{"https://other.example", "", "https://other.example", true},
		{"https://other.example", "https://other.example", "https://other.example", true},
		{"https://other.example", "https://api.example", "", false},
		{"", "https://other.example", "", false},
	} {
		c := Config{Issuer: "https://as.example", Resource: "https://api.example", Introspector: Introspector{ID: "rs", Secret: "s-rs"},
			Clients: []Client{{ID: "web", Secret: "s-web", Form: "opaque", Scopes: []string{"read"}, Resource: tt.own}}}
		i, err := New(c, Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer i.Close()
		f := form{}
		if tt.asked != "" {
			f = form{{"resource", tt.asked}}
		}
		client := i.clients["web"]
		if p := client.judgeResource(f); (p == nil) != tt.ok {
			t.Errorf("%+v: %+v", tt, p)
		}
		if got := client.audience(f); tt.ok && got != tt.want {
			t.Errorf("%+v: audience %q", tt, got)
		}
	}
	c := Config{Issuer: "https://as.example", Resource: "https://api.example", Clients: []Client{{ID: "web", Secret: "s", Form: "opaque", Scopes: []string{"read"}, Resource: "two words"}}}
	if _, err := New(c, Options{}); err == nil {
		t.Error("a resource with a space is taken")
	}
}
