package report

import (
	"cmp"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/results"
)

// Operation is the name of what was measured, words between slashes: its family and
// what tells it from others, as in verify/ES256/0.6k and size/token/ES256/claims-8. A
// limit is named for its operation, with the word limit before it.
type Operation string

// Family is the first word, and for a limit that of its operation.
func (o Operation) Family() string {
	first, _, _ := strings.Cut(strings.TrimPrefix(string(o), "limit/"), "/")
	return first
}

// Word is the i-th word after the family, empty where there is none.
func (o Operation) Word(i int) string {
	words := strings.Split(strings.TrimPrefix(string(o), "limit/"), "/")
	if i+1 < len(words) {
		return words[i+1]
	}
	return ""
}

// IsLimit reports whether it is the primitive below an operation.
func (o Operation) IsLimit() bool { return strings.HasPrefix(string(o), "limit/") }

// waits reports whether it is done in part by others than the core that asks: a disk,
// or a server at the other end of a connection, be it in the same process.
func (o Operation) waits() bool {
	switch o.Family() {
	case "introspect":
		return true
	case "store", "lookup":
		return o.Word(0) != "memory"
	}
	return false
}

// families in the order of a token's life; others come after, by name.
var families = []string{"sign", "verify", "parse", "hash", "introspect", "cache-hit", "store", "lookup", "secret", "seal", "open", "encrypt", "decrypt"}

func compareFamilies(a, b string) int {
	place := func(f string) int {
		if i := slices.Index(families, f); i >= 0 {
			return i
		}
		return len(families)
	}
	return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b))
}

// OfUsualSize keeps, of the operations of a family, those on the usual or else the
// smallest input of each algorithm: what most tokens are like.
func OfUsualSize(costs []results.Cost, family string) []results.Cost {
	var out []results.Cost
	index := map[string]int{}
	for _, c := range costs {
		o := Operation(c.Operation)
		if o.IsLimit() || o.Family() != family || c.Untimed {
			continue
		}
		if center, _, _ := c.Figure(); center <= 0 {
			continue
		}
		i, ok := index[o.Word(0)]
		switch {
		case !ok:
			index[o.Word(0)] = len(out)
			out = append(out, c)
		case usual(c) != usual(out[i]):
			if usual(c) {
				out[i] = c
			}
		case c.Bytes < out[i].Bytes:
			out[i] = c
		}
	}
	return out
}

// usual reports whether an operation is on the opaque token that most issuers draw, or on
// a store that keeps digests, which is the default.
func usual(c results.Cost) bool {
	return strings.HasSuffix(c.Operation, "/opaque-43") || strings.Contains(c.Operation, "/hashed/")
}

// mostUsed are the algorithms that a sentence names, where they were measured.
var mostUsed = []string{"ES256", "EdDSA", "Ed25519", "RS256"}

const inSentence = 4

// forSentence keeps as many as a sentence can hold: those with the algorithms that most
// issuers have, or else the first.
func forSentence(costs []results.Cost) []results.Cost {
	if len(costs) <= inSentence {
		return costs
	}
	var out []results.Cost
	for _, c := range costs {
		if slices.Contains(mostUsed, Operation(c.Operation).Word(0)) {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		out = costs
	}
	return out[:min(len(out), inSentence)]
}
