package verifier

import (
	"strings"
	"testing"
)

// What a strategy is held to is what it says of itself.
func TestEndurance(t *testing.T) {
	t.Parallel()
	v, err := New(Config{
		Issuer: "http://127.0.0.1", Resource: "r", Algorithms: Algorithms(), Cache: DefaultCache(),
		IntrospectionEndpoint: "http://127.0.0.1/introspect", JWKSURI: "http://127.0.0.1/jwks", ClientID: "c", ClientSecret: "s",
		EventsURI: "http://127.0.0.1/events", DenylistURI: "http://127.0.0.1/denylist", StatusURI: "http://127.0.0.1/status", SharedCache: "redis://127.0.0.1",
	}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(v.Close)
	// The beginnings of what they say; what a hybrid says of risky routes comes first.
	says := map[Endurance][]string{
		EnduresNone:  {"nothing"},
		EnduresKnown: {"what is remembered", "what this or another resource server remembers"},
		EnduresAll:   {"everything", "all that would be accepted otherwise", "tokens of the lists that are known"},
	}
	if len(endurances) != len(Strategies()) {
		t.Errorf("%d rows for %d strategies", len(endurances), len(Strategies()))
	}
	for _, name := range Strategies() {
		cut := Endures(name, true)
		if cut == "" || Endures(name, false) == "" {
			t.Errorf("%s has no row", name)
			continue
		}
		s, ok := v.Strategy(name)
		if !ok {
			continue // it needs the issuer's table
		}
		text := strings.TrimPrefix(s.Outage(), "on risky routes nothing; on others ")
		held := false
		for _, begins := range says[cut] {
			held = held || strings.HasPrefix(text, begins)
		}
		if !held {
			t.Errorf("%s is held to %q, and says %q", name, cut, text)
		}
	}
	if got := Endures(IntrospectPush, false); got != EnduresKnown {
		t.Errorf("introspect-push, whose stream is silent, endures %q", got)
	}
	if got := Endures("none", true); got != "" {
		t.Errorf("an unknown strategy endures %q", got)
	}
}
