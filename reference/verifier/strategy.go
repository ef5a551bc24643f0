package verifier

import (
	"context"
	"net/http"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/jwt"
	"github.com/oauthmark/oauthmark/reference/keys"
)

// Strategy is a way to judge an access token.
type Strategy interface {
	// Name is the strategy's identifier, as in [Strategies].
	Name() string

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

// strategyTable is what there is, in the order in which it is listed. A strategy that
// the configuration lacks something for isn't made, and its function returns nil.
// One with an io.Closer is closed with the verifier.
var strategyTable = []struct {
	name  string
	needs string // of the configuration, beside what is required; for those who look for a strategy
	make  func(*parts) (Strategy, error)
}{
	{Introspect, "", newIntrospect},
	{IntrospectCached, "", newIntrospectCached},
	{IntrospectPush, "events_uri", newIntrospectPush},
	{SharedCache, "shared_cache", newSharedCache},
	{SharedDB, "the issuer's token table", newSharedDB},
	{Local, "", newLocal},
	{LocalCached, "", newLocalCached},
	{LocalDenylist, "denylist_uri", newLocalDenylist},
	{LocalStatus, "", newLocalStatus},
	{LocalOnlineStatus, "status_uri", newLocalOnlineStatus},
	{Hybrid, "", newHybrid},
	{Phantom, "", newPhantom},
	{Split, "", newSplit},
}

// parts is what strategies are made of, and share.
type parts struct {
	config  Config
	options Options
	expect  claims.Expectation
	issuer  *introspector
	keys    *keySet
	signed  *jwt.Verifier
	client  *http.Client // for other requests to the issuer
	count   *counters
}

// Strategies lists the names of the strategies, in a fixed order.
func Strategies() []string {
	var names []string
	for _, row := range strategyTable {
		names = append(names, row.name)
	}
	return names
}

// Needs says what a strategy of that name has to be given in the configuration, beside
// what is required; nothing for most.
func Needs(name string) string {
	for _, row := range strategyTable {
		if row.name == name {
			return row.needs
		}
	}
	return ""
}

// Algorithms lists the JWS algorithms that a [Config] may allow: those whose keys can
// be published. A key that resource servers share with the issuer would let each of
// them issue.
func Algorithms() []string {
	var names []string
	for _, a := range keys.Algorithms() {
		if d, _ := keys.Describe(a); !d.Shared() {
			names = append(names, string(a))
		}
	}
	return names
}
