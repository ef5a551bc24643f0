package verifier

import (
	"context"
	"slices"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/jwt"
	"github.com/oauthmark/oauthmark/reference/keys"
)

// Strategy is a way to judge an access token.
type Strategy interface {
	// Judge returns what the token says once every check has passed. Otherwise the
	// error is, by errors.As, an [*InvalidToken] when the token is refused or an
	// [*Unavailable] when the issuer couldn't be asked and nothing is known about
	// the token; or the context's error. No error contains the token.
	Judge(ctx context.Context, token string) (claims.Claims, error)

	// StalenessBound says how long a token may still be accepted after the issuer
	// revoked it.
	StalenessBound() string

	// Outage says what is accepted while the issuer can't be reached.
	Outage() string
}

// Judicious is a strategy that takes more care on routes that are declared risky.
type Judicious interface {
	// JudgeRisky is Judge for a risky route.
	JudgeRisky(ctx context.Context, token string) (claims.Claims, error)
}

// The strategies' names, which are also the first segment of their paths.
const (
	Introspect        = "introspect"
	IntrospectCached  = "introspect-cached"
	Local             = "local"
	LocalCached       = "local-cached"
	LocalDenylist     = "local-denylist"
	LocalStatus       = "local-status"
	LocalOnlineStatus = "local-online-status"
	Hybrid            = "hybrid"
	Phantom           = "phantom"
	Split             = "split"
)

// Those of the issuer's answers, remembered in other ways.
const (
	IntrospectPush = "introspect-push"
	SharedCache    = "shared-cache"
	SharedDB       = "shared-db"
)

// Description is what is known of a strategy before it is made.
type Description struct {
	Name string
	Does string // how it judges, in a few words
	// Opaque and SelfContained say which tokens it can judge, an identifier and a JWT.
	Opaque, SelfContained bool
	// Form is how the names of the forms of token begin that it is made for; empty when
	// any token that it can judge will do. What it makes of others is up to the issuer.
	Form string
	// Asks are the members of the configuration that name what it asks of the issuer.
	Asks []string
	// Claim is one that its tokens need beside those of RFC 9068.
	Claim string
	// Store is what it reads beside that: a member of the configuration, or [Options.Table].
	Store string
	// End is what ends the acceptance of a revoked token, and EndRisky what does on risky
	// routes, where that differs.
	End, EndRisky End
}

// The members of the configuration by which strategies reach the issuer.
const (
	asksIntrospection = "introspection_endpoint"
	asksKeys          = "jwks_uri"
)

// strategyTable lists the strategies, in their order. A function returns nil when the
// configuration lacks something for its strategy. One with an io.Closer is closed with
// the verifier.
var strategyTable = []struct {
	Description
	make func(*parts) (Strategy, error)
}{
	{Description{Name: Introspect, Does: "asks the issuer on every request", Opaque: true, SelfContained: true,
		Asks: []string{asksIntrospection}, End: EndAnswer}, newIntrospect},
	{Description{Name: IntrospectCached, Does: "asks the issuer, and remembers the answer for a while", Opaque: true, SelfContained: true,
		Asks: []string{asksIntrospection}, End: EndTTL}, newIntrospectCached},
	{Description{Name: IntrospectPush, Does: "remembers the answer until the issuer's event stream revokes it", Opaque: true, SelfContained: true,
		Asks: []string{asksIntrospection, "events_uri"}, End: EndEvent}, newIntrospectPush},
	{Description{Name: SharedCache, Does: "remembers the answer in a Redis that all resource servers share", Opaque: true, SelfContained: true,
		Asks: []string{asksIntrospection}, Store: "shared_cache", End: EndTTL}, newSharedCache},
	{Description{Name: SharedDB, Does: "reads the issuer's token table", Opaque: true, SelfContained: true,
		Asks: []string{asksKeys}, Store: "the issuer's token table", End: EndAnswer}, newSharedDB},
	{Description{Name: Local, Does: "verifies signature and claims", SelfContained: true, Asks: []string{asksKeys}, End: EndExpiry}, newLocal},
	{Description{Name: LocalCached, Does: "verifies signature and claims once, and remembers it", SelfContained: true,
		Asks: []string{asksKeys}, End: EndExpiry}, newLocalCached},
	{Description{Name: LocalDenylist, Does: "verifies, and looks in a downloaded list of revocations", SelfContained: true,
		Asks: []string{asksKeys, "denylist_uri"}, End: EndDenylist}, newLocalDenylist},
	{Description{Name: LocalStatus, Does: "verifies, and looks in a downloaded Token Status List", SelfContained: true,
		Asks: []string{asksKeys}, Claim: "status", End: EndStatus}, newLocalStatus},
	{Description{Name: LocalOnlineStatus, Does: "verifies, and asks the issuer about the jti on every request", SelfContained: true,
		Asks: []string{asksKeys, "status_uri"}, End: EndAnswer}, newLocalOnlineStatus},
	{Description{Name: Hybrid, Does: "verifies, and on risky routes asks the issuer", SelfContained: true,
		Asks: []string{asksKeys, asksIntrospection}, End: EndExpiry, EndRisky: EndAnswer}, newHybrid},
	{Description{Name: Phantom, Does: "exchanges an identifier for the JWT behind it", Opaque: true, Form: "phantom-",
		Asks: []string{asksIntrospection, asksKeys}, End: EndTTL}, newPhantom},
	{Description{Name: Split, Does: "exchanges a signature for the rest of its JWT", Opaque: true, Form: "split-",
		Asks: []string{asksIntrospection, asksKeys}, End: EndTTL}, newSplit},
}

// parts is what strategies are made of, and share.
type parts struct {
	config   Config
	options  Options
	expect   claims.Expectation
	upstream upstreamCaller
	issuer   *introspector
	keys     *keySet
	signed   *jwt.Verifier
	count    *Counters
}

// Strategies lists the names of the strategies, in a fixed order.
func Strategies() []string {
	var names []string
	for _, row := range strategyTable {
		names = append(names, row.Name)
	}
	return names
}

// Describe returns what is known of the strategy of that name.
func Describe(name string) (Description, bool) {
	for _, row := range strategyTable {
		if row.Name == name {
			d := row.Description
			d.Asks = slices.Clone(d.Asks)
			return d, true
		}
	}
	return Description{}, false
}

// Needs says what a strategy needs in the configuration beside the required members;
// nothing for most.
func Needs(name string) string {
	d, _ := Describe(name)
	for _, member := range d.Asks {
		if member != asksIntrospection && member != asksKeys {
			return member
		}
	}
	return d.Store
}

// Algorithms lists the JWS algorithms that a [Config] may allow: those whose keys can be
// published.
func Algorithms() []string {
	var names []string
	for _, a := range keys.Asymmetric() {
		names = append(names, string(a))
	}
	return names
}
