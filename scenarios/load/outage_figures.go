package load

import (
	"fmt"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/reference/verifier"
	"github.com/oauthmark/oauthmark/results"
)

// outageView sees what each good token gets.
type outageView struct {
	kind map[int]string // of the good requests
	all  []Observed
	// When the issuer was unwell, at the latest and until the earliest; and well again, at
	// the latest. They are zero as long as it isn't so.
	broken, mending, mended time.Time
}

// The kinds of good tokens, as figures name them.
const (
	knownTokens = "known tokens" // presented before the outage
	newTokens   = "new tokens"   // presented in it for the first time
)

func newOutageView(p outageParts) *outageView {
	v := &outageView{kind: map[int]string{}}
	for _, i := range p.known {
		v.kind[i] = knownTokens
	}
	for _, i := range p.fresh {
		v.kind[i] = newTokens
	}
	return v
}

func (v *outageView) observe(o Observed) {
	if v.kind[o.Request] != "" {
		v.all = append(v.all, o)
	}
}

const (
	// edge is the end of an outage that isn't looked at: what is asked for right before it
	// is over may be answered after it, however fast a server is.
	edge = 250 * time.Millisecond
	// nearlyAll is the share, in percent, that is let in where all should be: the rest is
	// left to a machine that stood still for a moment. Where requests are kept waiting, that
	// can't be told from it, and most is enough: of a strategy that doesn't endure such an
	// outage, none is let in.
	nearlyAll = 95
	most      = 50
)

// figures say what was let in while the issuer was unwell, how fast, and how long it took
// until all was well. Where the strategy declares what it endures, that is the limit.
func (v *outageView) figures(strategy string, kind outage) (out []results.Figure) {
	if v.mended.IsZero() {
		return nil // it didn't take place, and the step says why
	}
	endures := verifier.Endures(strategy, kind.cut)
	if v.doubt() != "" {
		endures = "" // what was seen is told, and accuses nobody
	}
	var waits []time.Duration
	for _, tokens := range []string{knownTokens, newTokens} {
		in, waited := 0, 0
		met := v.met(tokens)
		for _, o := range met {
			waits = append(waits, o.Answered.Sub(o.Due))
			switch {
			case !o.Answered.Before(v.mending):
				waited++
			case o.Said == Allow:
				in++
			}
		}
		if len(met) == 0 {
			continue // and the step says so
		}
		of := len(met)
		if !kind.keeps && waited < of {
			of -= waited // nobody has them wait but the machine
		}
		share := func(n int) float64 { return 100 * float64(n) / float64(of) }
		let := results.Figure{Name: "let in: " + tokens, Unit: "%", Value: share(in), Worse: results.WorseDown}
		if kind.dead {
			let.Worse, let.Limit = lettingIn(endures, tokens, kind.keeps)
		}
		if out = append(out, let); kind.keeps {
			out = append(out, results.Figure{Name: "waited for the end: " + tokens, Unit: "%", Value: share(waited), Worse: results.WorseUp})
		}
	}
	if len(waits) > 0 {
		slices.Sort(waits)
		out = append(out, results.Figure{Name: "p99 of good tokens", Unit: "s", Value: quantile(waits, 0.99).Seconds(), Worse: results.WorseUp})
	}
	return append(out, results.Figure{Name: "well again after", Unit: "s", Value: v.recovery().Seconds(), Worse: results.WorseUp})
}

// met are the answers to requests with such tokens that were sent while the issuer was
// surely unwell, but for those right before the end. A known token is one that was let in
// before; one that was presented before is no new one, whatever came of it.
func (v *outageView) met(tokens string) (out []Observed) {
	presented, known := map[int]bool{}, map[int]bool{}
	for _, o := range v.all {
		presented[o.Request] = presented[o.Request] || o.Sent.Before(v.broken)
		known[o.Request] = known[o.Request] || o.Said == Allow && o.Answered.Before(v.broken)
	}
	for _, o := range v.all {
		if i := o.Request; v.kind[i] == tokens && (tokens == knownTokens && known[i] || tokens == newTokens && !presented[i]) &&
			!o.Sent.Before(v.broken) && !o.Due.After(v.mending.Add(-edge)) {
			out = append(out, o)
		}
	}
	return out
}

// doubt says why it isn't known what an outage does: it was too short for what has to be
// seen in it, as on a machine that takes long to make one, or answers came so late before
// it that nobody knows what they wait for in it.
func (v *outageView) doubt() string {
	var waits []time.Duration
	for _, o := range v.all {
		if o.Due.Before(v.broken.Add(-edge)) {
			waits = append(waits, o.Answered.Sub(o.Due))
		}
	}
	slices.Sort(waits)
	if p99 := quantile(waits, 0.99); p99 > edge {
		return fmt.Sprintf("answers took %v at p99 before the outage, so that it can't be told what they waited for in it: %s", p99.Round(time.Millisecond), busyAdvice)
	}
	for _, tokens := range []string{knownTokens, newTokens} {
		if len(v.met(tokens)) == 0 {
			return fmt.Sprintf("the outage lasted for %v, and no %s were presented in it: raise --rate or --duration, or use a machine where less else runs",
				v.mending.Sub(v.broken).Round(time.Millisecond), tokens)
		}
	}
	return ""
}

// lettingIn is the limit of what is let in of such tokens: all but few where the strategy
// endures an outage with them, and none where it says that it would have to ask.
func lettingIn(e verifier.Endurance, tokens string, keeps bool) (results.Worse, *float64) {
	limit := 0.0
	switch {
	case e == "":
		return results.WorseDown, nil
	case e == verifier.EnduresAll, e == verifier.EnduresKnown && tokens == knownTokens:
		if limit = nearlyAll; keeps {
			limit = most
		}
		return results.WorseDown, &limit
	}
	return results.WorseUp, &limit
}

// recovery is how long after its end the outage was felt: by an answer that was waited for
// since before, or by a good token that got no judgement afterwards.
func (v *outageView) recovery() (longest time.Duration) {
	for _, o := range v.all {
		if after := o.Answered.Sub(v.mended); after > longest && (o.Sent.Before(v.mended) || o.Said != Allow) {
			longest = after
		}
	}
	return longest
}
