package verifier

import (
	"slices"
	"testing"
)

// cacheRules is what a memory of tokens must hold under load. Each rule is tried with
// each strategy that remembers, while several goroutines ask.
var cacheRules = []struct {
	name   string
	hold   func(t *testing.T, w *cachingWorld)
	except map[string]string // to which strategies it doesn't apply, and why
}{
	{"never used past exp", neverPastExp, nil},
	{"staleness within its bound", staleWithinBound, nil},
	{"a refused token is remembered for a moment", refusedForAMoment, map[string]string{
		LocalCached: "remembers no refused tokens"}},
	{"an outage is never remembered", outageForgotten, map[string]string{
		LocalCached: "doesn't ask the issuer about a token"}},
	{"an answer that isn't one is never remembered", nonsenseForgotten, map[string]string{
		LocalCached: "doesn't ask the issuer about a token"}},
	{"issuer down: open or closed as declared", downAsDeclared, nil},
	{"each route's own checks", routesApart, nil},
	{"concurrent misses make one call", missesMakeOneCall, map[string]string{
		LocalCached: "doesn't ask the issuer about a token"}},
	{"no synchronized expiry", expirySpread, map[string]string{
		LocalCached: "remembers until exp, and then makes no call"}},
	{"keyed by hash, nothing stored raw", storedHashed, nil},
	{"a cold start fetches the keys once", coldStart, map[string]string{
		IntrospectCached: withoutKeys, IntrospectPush: withoutKeys, SharedCache: withoutKeys}},
	{"an unknown kid makes one fetch in a while", unknownKids, map[string]string{
		IntrospectCached: withoutKeys, IntrospectPush: withoutKeys, SharedCache: withoutKeys}},
	// Bounded memory and an unharmed hit ratio take a process to themselves:
	// TestCacheFlood.
}

const withoutKeys = "has no use for keys"

func TestCacheRules(t *testing.T) {
	t.Parallel()
	for _, rule := range cacheRules {
		for name, c := range cachings {
			if rule.except[c.name] != "" {
				continue
			}
			t.Run(rule.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				rule.hold(t, c.world(t))
			})
		}
		for name := range rule.except {
			if !slices.Contains(Strategies(), name) {
				t.Errorf("%s: there is no strategy %s", rule.name, name)
			}
		}
	}
}

// A strategy is in the table unless it is known to remember nothing of a token.
func TestCacheRulesAreComplete(t *testing.T) {
	t.Parallel()
	known := []string{Introspect, SharedDB, Local, LocalDenylist, LocalStatus, LocalOnlineStatus, Hybrid}
	for _, c := range cachings {
		known = append(known, c.name)
	}
	for _, name := range Strategies() {
		if !slices.Contains(known, name) {
			t.Errorf("%s is neither held to the rules nor known to remember nothing", name)
		}
	}
}
