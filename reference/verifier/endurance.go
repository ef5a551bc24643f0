package verifier

// Endurance is which good tokens a strategy lets in while the issuer can't be asked: what
// Outage says, for whoever holds a strategy to it. It holds while what was remembered or
// downloaded is recent enough; the strategy's own text says how long that is.
type Endurance string

const (
	EnduresNone  Endurance = "none"                           // each has to be asked about
	EnduresKnown Endurance = "those that were let in shortly" // before the outage
	EnduresAll   Endurance = "all"                            // the issuer isn't asked, or hasn't to be yet
)

// endurances has a row for each strategy. Cut is that of an outage that ends connections,
// where it differs: a stream of events that is silent is taken for a quiet one for a while.
var endurances = map[string]struct{ any, cut Endurance }{
	Introspect:        {any: EnduresNone},
	IntrospectCached:  {any: EnduresKnown},
	IntrospectPush:    {any: EnduresKnown, cut: EnduresNone},
	SharedCache:       {any: EnduresKnown},
	SharedDB:          {any: EnduresAll},
	Local:             {any: EnduresAll},
	LocalCached:       {any: EnduresAll},
	LocalDenylist:     {any: EnduresAll},
	LocalStatus:       {any: EnduresAll},
	LocalOnlineStatus: {any: EnduresNone},
	Hybrid:            {any: EnduresAll}, // on routes that aren't risky
	Phantom:           {any: EnduresKnown},
	Split:             {any: EnduresKnown},
}

// Endures returns what the strategy of that name lets in while the issuer can't be asked,
// on routes that aren't risky; empty for one that isn't known. Cut says that the
// connections to the issuer have ended, as they do with its process.
func Endures(strategy string, cut bool) Endurance {
	row := endurances[strategy]
	if cut && row.cut != "" {
		return row.cut
	}
	return row.any
}
