package load

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
)

// The outcomes that a mix may have.
const (
	Valid          = "valid"
	Expired        = "expired"
	BadSignature   = "bad-signature"
	Revoked        = "revoked"
	WrongAudience  = "wrong-audience"
	TooLittleScope = "too-little-scope"
	Random         = "random"
)

// OutcomeInfo is what is known of an outcome before it is made.
type OutcomeInfo struct{ Name, About string }

// OutcomeTable lists the outcomes that a mix may have, the first of which every mix has.
func OutcomeTable() []OutcomeInfo {
	return []OutcomeInfo{
		{Valid, "a good token, which must be let in"},
		{Expired, "a token past its exp, which the resource server has seen good"},
		{BadSignature, "a self-contained token with one character of its signature changed"},
		{Revoked, "a token that was revoked before the load (RFC 7009)"},
		{WrongAudience, "a good token for another resource, of the reference issuer"},
		{TooLittleScope, "a good token at a route whose scope it lacks, which must get 403 and insufficient_scope (RFC 6750, section 3.1)"},
		{Random, "a token that nobody issued"},
	}
}

// Mix is which outcomes the requests of a step are to have, and their parts of all.
type Mix []Part

// Part is one outcome of a mix. Parts needn't add up to anything.
type Part struct {
	Outcome string
	Parts   float64
}

// usualMix presents a few bad tokens beside the good ones, so that a resource server that
// lets everybody in is caught while it is timed.
func usualMix(form string) Mix {
	if !signed(form) {
		return Mix{{Valid, 98}, {Random, 1.5}, {Expired, 0.5}}
	}
	return Mix{{Valid, 98}, {BadSignature, 1}, {Random, 0.5}, {Expired, 0.5}}
}

var errMix = errors.New("want outcomes with their parts, as in valid=95,expired=2,random=3")

// ParseMix reads a mix as it is written on the command line: valid=95,expired=2,random=3.
func ParseMix(text string) (Mix, error) {
	var m Mix
	for item := range strings.SplitSeq(text, ",") {
		name, parts, ok := strings.Cut(strings.TrimSpace(item), "=")
		n, err := strconv.ParseFloat(parts, 64)
		switch {
		case !ok:
			return nil, errMix
		case !slices.ContainsFunc(OutcomeTable(), func(o OutcomeInfo) bool { return o.Name == name }):
			return nil, &UnknownOutcome{name}
		case err != nil || !(n > 0 && n <= 1e9):
			return nil, fmt.Errorf("the part of %s is %q: must be a number above 0", name, parts)
		case m.has(name):
			return nil, fmt.Errorf("%s is there twice", name)
		}
		m = append(m, Part{name, n})
	}
	if !m.has(Valid) {
		return nil, errors.New("valid is missing: the good tokens are those whose latency is told")
	}
	return m, nil
}

// UnknownOutcome is the error of a name that no outcome has.
type UnknownOutcome struct{ Name string }

func (e *UnknownOutcome) Error() string { return fmt.Sprintf("no outcome is called %q", e.Name) }

func (m Mix) has(outcome string) bool {
	return slices.ContainsFunc(m, func(p Part) bool { return p.Outcome == outcome })
}

// String writes the mix as ParseMix reads it.
func (m Mix) String() string {
	var items []string
	for _, p := range m {
		items = append(items, p.Outcome+"="+strconv.FormatFloat(p.Parts, 'g', -1, 64))
	}
	return strings.Join(items, ",")
}

// draw fixes which request each of n arrivals sends: an outcome by its part of those that
// there are requests of, then one of its requests, each as likely as the others. Each
// outcome is there at least once where there is room: a step that presents none can't find
// a server that lets it in. A law, if there is one, says of an arrival which of the valid
// requests it is.
func (m Mix) draw(requests []Request, n int, seed uint64, law func(arrival, of int, random *rand.Rand) int) []uint32 {
	of := map[string][]uint32{}
	for i, r := range requests {
		of[r.Outcome] = append(of[r.Outcome], uint32(i))
	}
	there := slices.DeleteFunc(slices.Clone(m), func(p Part) bool { return len(of[p.Outcome]) == 0 })
	if len(there) == 0 {
		return nil
	}
	all := 0.0
	for _, p := range there {
		all += p.Parts
	}
	random := rand.New(rand.NewPCG(seed, 0x0de4))
	order, drawn := make([]uint32, n), map[string]int{}
	pick := func(at int, outcome string) {
		if drawn[outcome]++; outcome == Valid && law != nil {
			order[at] = of[outcome][law(at, len(of[outcome]), random)]
			return
		}
		order[at] = of[outcome][random.IntN(len(of[outcome]))]
	}
	for i := range order {
		x, chosen := random.Float64()*all, there[len(there)-1].Outcome
		for _, p := range there {
			if x -= p.Parts; x < 0 {
				chosen = p.Outcome
				break
			}
		}
		pick(i, chosen)
	}
	for _, p := range there {
		for drawn[p.Outcome] == 0 && n > len(there) {
			at := random.IntN(n)
			if was := requests[order[at]].Outcome; drawn[was] > 1 {
				drawn[was]--
				pick(at, p.Outcome)
			}
		}
	}
	return order
}
