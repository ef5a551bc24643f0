package targets

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/config"

	"github.com/oauthmark/oauthmark/targets/redact"
)

func seeded() io.Reader { return rand.NewChaCha8([32]byte{1}) }

// registered is an instance with the clients of a target that can do that.
func registered(t *testing.T, capabilities ...Capability) *Instance {
	t.Helper()
	in := &Instance{Target: Target{Capabilities: capabilities}, Secrets: redact.New()}
	if err := in.register(seeded()); err != nil {
		t.Fatal(err)
	}
	return in
}

func TestRegister(t *testing.T) {
	t.Parallel()
	in := registered(t, ShortLifetime, Issues(Opaque), Issues("RS256"), Issues("ES256"))
	for _, test := range []struct {
		form  string
		short bool
		want  string
	}{
		{Opaque, false, "opaque-reader[read] opaque-writer[read write]"},
		{"RS256", false, "rs256-reader[read] rs256-writer[read write]"},
		{"ES256", false, "es256-reader[read] es256-writer[read write]"},
		{Opaque, true, "opaque-brief[read]"},
		{"RS256", true, "rs256-brief[read]"},
		{"ES256", true, ""},
	} {
		var got []string
		for _, c := range in.ClientsFor(test.form, test.short) {
			got = append(got, c.ID+fmt.Sprint(c.Scopes))
		}
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s, short %v: %v, want %s", test.form, test.short, got, test.want)
		}
	}
	seen := map[string]bool{}
	for _, c := range append(in.Clients, in.Introspector) {
		raw, err := base64.RawURLEncoding.DecodeString(c.Secret.Reveal())
		if err != nil || len(raw) != 32 || seen[c.Secret.Reveal()] {
			t.Errorf("secret of %s: %d bytes, seen before %v, %v", c.ID, len(raw), seen[c.Secret.Reveal()], err)
		}
		seen[c.Secret.Reveal()] = true
	}
	if again := registered(t, in.Target.Capabilities...); !reflect.DeepEqual(in, again) {
		t.Error("the same randomness makes another registration")
	}
}

func TestRegisterWithoutShortLifetime(t *testing.T) {
	t.Parallel()
	if in := registered(t, Issues(Opaque)); len(in.Clients) != 2 {
		t.Errorf("%+v", in)
	}
}

func TestRegisterNoRandomness(t *testing.T) {
	t.Parallel()
	in := &Instance{Target: Target{Capabilities: []Capability{Issues(Opaque)}}, Secrets: redact.New()}
	if err := in.register(strings.NewReader("short")); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("error %v", err)
	}
}

// Every server reads the registration, by these names.
func TestRegistration(t *testing.T) {
	t.Parallel()
	in := &Instance{
		Issuer: "http://127.0.0.1:1", Audience: "https://r.test",
		Clients:      []Client{{ID: "a", Secret: "s1", Form: "ES256", Scopes: []string{"read"}, Lifetime: 2 * time.Second}},
		Introspector: Client{ID: "b", Secret: "s2"},
	}
	got, err := config.Disclose(in.registration())
	want := `{"issuer":"http://127.0.0.1:1","resource":"https://r.test",` +
		`"clients":[{"id":"a","secret":"s1","form":"ES256","scopes":["read"],"lifetime_s":2}],` +
		`"introspector":{"id":"b","secret":"s2"}}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v; want %s", got, err, want)
	}
}

// TestSecretsDontPrint looks for a secret in all that a client may be written to.
func TestSecretsDontPrint(t *testing.T) {
	t.Parallel()
	c := Client{ID: "a", Secret: "hidden"}
	in := &Instance{Clients: []Client{c}, Introspector: c}
	target := Target{external: in}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("client", "secret", c.Secret, "client", c)
	j, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]string{
		"%v": fmt.Sprintf("%v %v", c, *in), "%+v": fmt.Sprintf("%+v %+v", c, target), "%#v": fmt.Sprintf("%#v", c),
		"%s": fmt.Sprintf("%s", c.Secret), "json": string(j), "slog": log.String(),
	} {
		if strings.Contains(s, "hidden") {
			t.Errorf("%s: %s", name, s)
		}
	}
}

// A run registers the usual forms and those that it is about, and one self-contained
// form where the target has none of them.
func TestNarrowed(t *testing.T) {
	t.Parallel()
	all := func(first Capability, forms string, introspected string) []Capability {
		out := []Capability{first}
		for form := range strings.FieldsSeq(forms) {
			out = append(out, Issues(form))
		}
		for form := range strings.FieldsSeq(introspected) {
			out = append(out, Introspects(form))
		}
		return out
	}
	for _, test := range []struct {
		name                     string
		issues, introspects      string
		about                    []string
		wantIssues, wantAnswered string
	}{
		{"the usual ones", "opaque ES256 PS512 ML-DSA-44", "PS512 ML-DSA-44 RS256", nil, "opaque ES256", "RS256"},
		{"and what it is about", "opaque ES256 PS512 ML-DSA-44", "PS512 ML-DSA-44", []string{"ML-DSA-44", "", "ES256"}, "opaque ES256 ML-DSA-44", "ML-DSA-44"},
		{"one that is not usual", "PS256", "PS256", nil, "PS256", "PS256"},
		{"opaque and two that are not usual", "opaque PS384 ML-DSA-65", "opaque PS384", nil, "opaque PS384", "opaque PS384"},
		{"of two, the one that it is about", "PS384 ML-DSA-65", "PS384 ML-DSA-65", []string{"ML-DSA-65"}, "ML-DSA-65", "ML-DSA-65"},
		{"introspects none of the usual ones", "ES256 PS256 PS384", "PS384", nil, "ES256 PS384", "PS384"},
	} {
		full := Target{Capabilities: all(ClientCredentials, test.issues, test.introspects)}
		want := all(ClientCredentials, test.wantIssues, test.wantAnswered)
		if got := full.Narrowed(test.about).Capabilities; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", test.name, got, want)
		}
		if !slices.Equal(full.Capabilities, all(ClientCredentials, test.issues, test.introspects)) {
			t.Errorf("%s: the target itself was changed", test.name)
		}
	}
}
