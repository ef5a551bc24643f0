package targets

import (
	"bytes"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	refissuer "github.com/oauthmark/oauthmark/reference/issuer"
	refverifier "github.com/oauthmark/oauthmark/reference/verifier"
)

func startOne(t *testing.T, f *fake, target Target) (*Environment, *Instance) {
	t.Helper()
	e, err := Start(t.Context(), Options{Runtime: Process, Process: f.open, Rand: seeded()}, []Target{target})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Stop(t.Context()) })
	return e, e.Instance(target.Name)
}

// A step gets servers of its own, configured as it says, and the run's stay as they are.
func TestArrange(t *testing.T) {
	t.Parallel()
	f := &fake{runtime: Process}
	_, in := startOne(t, f, both("a"))
	before := *in
	got, end, err := in.Arrange(t.Context(), Arrangement{
		Issuer: func(c *refissuer.Config) {
			c.Lifetime = 7
			c.Clients = append(c.Clients, refissuer.Client{ID: "more", Secret: "its own", Form: "opaque", Scopes: []string{"read"}, Lifetime: 3})
		},
		Verifier: func(c *refverifier.Config) { c.Cache.TTL = refverifier.Duration(time.Second) },
		Table:    "sqlite:t.db", Persistence: []byte("{}"),
	})
	if err != nil {
		t.Fatal(err)
	}
	issuer, verifier := f.services[2], f.services[3]
	base := "http://127.0.0.1:" + issuer.Values["issuer"][len("http://127.0.0.1:"):]
	if got.Issuer != base || !strings.HasSuffix(base, "/as") || !maps.Equal(got.Endpoints, got.Target.Endpoints.below(f.running[2].URL())) || got.Verifier != f.running[3].URL() {
		t.Errorf("instance %+v", got)
	}
	c, err := refissuer.ParseConfig(bytes.NewReader(issuer.Secrets["registration"]))
	if err != nil || c.Lifetime != 7 || c.Issuer != got.Issuer || len(c.Clients) != len(in.Clients)+1 {
		t.Errorf("issuer's configuration %+v, %v", c, err)
	}
	last := got.Clients[len(got.Clients)-1]
	if last.ID != "more" || last.Secret.Reveal() != "its own" || last.Lifetime != 3*time.Second || got.Secrets.Redact("its own") == "its own" {
		t.Errorf("client %+v", last)
	}
	v, err := refverifier.ParseConfig(bytes.NewReader(verifier.Secrets["config"]))
	if err != nil || v.Issuer != got.Issuer || v.IntrospectionEndpoint != f.running[2].Internal()+"/introspect" || v.Cache.TTL != refverifier.Duration(time.Second) {
		t.Errorf("verifier's configuration %+v, %v", v, err)
	}
	if !slices.Equal(verifier.Command[len(verifier.Command)-4:], []string{"--store-file", "${store}", "--persistence", "${persistence}"}) ||
		string(verifier.Secrets["store"]) != "sqlite:t.db" || string(verifier.Secrets["persistence"]) != "{}" {
		t.Errorf("verifier's command %v", verifier.Command)
	}
	if names := serviceNames(got); !slices.Equal(names, []string{"issuer", "verifier"}) || got.Services[1].Provenance().Name != "verifier" {
		t.Errorf("services %v", names)
	}
	if in.Verifier != before.Verifier || len(in.Clients) != len(before.Clients) || in.Services[0] != before.Services[0] {
		t.Errorf("the run's instance is %+v now", in)
	}
	if err := end(t.Context()); err != nil || !strings.HasSuffix(f.noted(), "stop verifier-1, stop issuer-1") {
		t.Errorf("%v after %s", err, f.noted())
	}
}

// The run's issuer is asked when the step has none of its own; and after a failure nothing
// is left running.
func TestArrangeInPart(t *testing.T) {
	t.Parallel()
	f := &fake{runtime: Process, fail: map[string]error{"launch verifier-2": errFake}}
	foreign := both("a")
	foreign.Process.Command = []string{"their-own-program"}
	e, in := startOne(t, f, foreign)
	got, end, err := in.Arrange(t.Context(), Arrangement{})
	if err != nil || got.Issuer != in.Issuer || got.Verifier == in.Verifier || got.Services[0] != in.Services[0] {
		t.Errorf("instance %+v, %v", got, err)
	}
	f.running[2].die() // whatever a step does to its own servers ends no run
	if err := end(t.Context()); err != nil {
		t.Error(err)
	}
	if _, _, err := in.Arrange(t.Context(), Arrangement{}); !errors.Is(err, errFake) || !strings.Contains(err.Error(), "arrange the verifier of a") {
		t.Errorf("error %v", err)
	}
	if _, _, err := in.Arrange(t.Context(), Arrangement{Issuer: func(*refissuer.Config) {}}); !errors.Is(err, ErrNotReference) {
		t.Errorf("error %v", err)
	}
	if _, _, err := (&Instance{}).Arrange(t.Context(), Arrangement{}); err == nil {
		t.Error("an instance that nobody started can be arranged")
	}
	select {
	case d := <-e.Died():
		t.Errorf("the end of a step's server counts as a death: %v", d)
	default:
	}
}

// What is arranged beside an arranged instance is as both say, and the first stays as it is.
func TestArrangeAgain(t *testing.T) {
	t.Parallel()
	f := &fake{runtime: Process}
	_, in := startOne(t, f, both("a"))
	first, endFirst, err := in.Arrange(t.Context(), Arrangement{
		Issuer:   func(c *refissuer.Config) { c.Lifetime, c.ListInterval = 7, 8 },
		Verifier: func(c *refverifier.Config) { c.MaxToken = 9 },
		Table:    "sqlite:t.db", Persistence: []byte("{}"), Beside: []Running{renamed{in.Services[0], "store"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	got, end, err := first.Arrange(t.Context(), Arrangement{Issuer: func(c *refissuer.Config) { c.Lifetime++ }})
	if err != nil {
		t.Fatal(err)
	}
	issuer, verifier := f.services[4], f.services[5]
	c, err := refissuer.ParseConfig(bytes.NewReader(issuer.Secrets["registration"]))
	if err != nil || c.Lifetime != 8 || c.ListInterval != 8 || got.Issuer == first.Issuer {
		t.Errorf("issuer's configuration %+v, %v", c, err)
	}
	v, err := refverifier.ParseConfig(bytes.NewReader(verifier.Secrets["config"]))
	if err != nil || v.MaxToken != 9 || v.Issuer != got.Issuer || string(verifier.Secrets["store"]) != "sqlite:t.db" || verifier.Secrets["persistence"] == nil {
		t.Errorf("verifier's configuration %+v, %v; command %v", v, err, verifier.Command)
	}
	for _, i := range []*Instance{first, got} {
		if names := serviceNames(i); !slices.Equal(names, []string{"store", "issuer", "verifier"}) {
			t.Errorf("services %v", names)
		}
	}
	if err := end(t.Context()); err != nil || strings.Contains(f.noted(), "stop verifier-1") {
		t.Errorf("%v after %s", err, f.noted())
	}
	if err := endFirst(t.Context()); err != nil || !strings.HasSuffix(f.noted(), "stop verifier-1, stop issuer-1") {
		t.Errorf("%v after %s", err, f.noted())
	}
}

func serviceNames(in *Instance) (names []string) {
	for _, s := range in.Services {
		names = append(names, s.Name())
	}
	return names
}
