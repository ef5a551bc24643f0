package report

import (
	"fmt"
	"math"

	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// span is a time with its interval, in nanoseconds; without an interval low and high
// are 0.
type span struct{ center, low, high float64 }

func spanOf(c results.Cost) span {
	center, low, high := c.Figure()
	if c.Level <= 0 {
		return span{center: center}
	}
	return span{center, low, high}
}

func (s span) ranged() bool { return s.low > 0 && s.high > 0 }

// asked is what one introspection costs, and how that is known.
type asked struct {
	span
	how string
}

// introspection takes the cost from load, where the run has it: the CPU time of issuer
// and verifier that a request needs more with introspection than with a cache before
// it, for each call that the cache saves. Where there is no load, or none that tells the
// two apart, it is the time of one introspection over loopback, which is nearer than any
// issuer will be.
func introspection(cells []stats.Cell, costs []results.Cost) (asked, bool) {
	for _, group := range stats.ByLoad(cells) {
		plain, ok1 := soundOpaque(group, "introspect")
		cached, ok2 := soundOpaque(group, "introspect-cached")
		if !ok1 || !ok2 {
			continue
		}
		if s, ok := underLoad(plain, cached, stats.Components(group)); ok {
			return asked{s, fmt.Sprintf("of the CPU of issuer and verifier, under load on %s", Load(plain))}, true
		}
	}
	for _, c := range costs {
		if o := Operation(c.Operation); !o.IsLimit() && o.Family() == "introspect" {
			if s := spanOf(c); s.center > 0 {
				return asked{s, "over HTTP on loopback, with issuer and verifier in one process; a network adds its own"}, true
			}
		}
	}
	return asked{}, false
}

// underLoad is the CPU time of a call that the cache saved. Its interval is the range
// over the repetitions, each with each; ok is false when in one of them the cache
// saved nothing.
func underLoad(plain, cached stats.Cell, components []string) (s span, ok bool) {
	call := func(a, b stats.Cell) (float64, bool) {
		more, ok1 := a.ServerCPU(components)
		less, ok2 := b.ServerCPU(components)
		calls, _, ok3 := a.Calls()
		left, _, ok4 := b.Calls()
		if !ok1 || !ok2 || !ok3 || !ok4 || more <= less || calls <= left {
			return 0, false
		}
		// Microseconds a request, by calls for 1,000 requests.
		return (more - less) * 1e3 / ((calls - left) / 1000), true
	}
	if s.center, ok = call(plain, cached); !ok {
		return span{}, false
	}
	if len(plain.Steps) < 2 || len(cached.Steps) < 2 {
		return s, true
	}
	for _, a := range plain.Each() {
		for _, b := range cached.Each() {
			ns, ok := call(a, b)
			if !ok {
				return span{}, false
			}
			if s.low == 0 || ns < s.low {
				s.low = ns
			}
			s.high = max(s.high, ns)
		}
	}
	return s, true
}

func soundOpaque(cells []stats.Cell, strategy string) (stats.Cell, bool) {
	for _, c := range cells {
		if c.Family() == "load" && c.Step.Axis("strategy").Value == strategy && class(c) == opaque && c.Sound() && !c.Closed() {
			return c, true
		}
	}
	return stats.Cell{}, false
}

// never is more requests than any token serves.
const never = 1e12

// breakEven is the least number of requests, an introspection's answer serving them all,
// that cost less than to verify a signature at each: the introspection, and a look into
// the cache at each. It is 0 when no number does.
func breakEven(introspection, hit, verify float64) int64 {
	if verify <= hit || introspection/(verify-hit) >= never {
		return 0
	}
	return int64(math.Floor(introspection/(verify-hit))) + 1
}

// served is a number of requests, and the range of it that the intervals of the three
// times allow. 0 stands for never.
type served struct {
	requests, least, most int64
	ranged                bool // each of the times has an interval
}

func breakEvenOf(introspection, hit, verify span) served {
	s := served{requests: breakEven(introspection.center, hit.center, verify.center)}
	if s.ranged = introspection.ranged() && hit.ranged() && verify.ranged(); s.ranged {
		s.least = breakEven(introspection.low, hit.low, verify.high)
		s.most = breakEven(introspection.high, hit.high, verify.low)
	}
	return s
}

func requests(n int64) string {
	if n == 0 {
		return "never"
	}
	return Count(n)
}

// between is the range, with its ends parted by sep; a dash where it isn't known.
func (s served) between(sep string) string {
	switch {
	case !s.ranged:
		return "-"
	case s.least == s.most:
		return requests(s.least)
	}
	return requests(s.least) + sep + requests(s.most)
}
