package load

import "github.com/oauthmark/oauthmark/results"

// verdict is the oracle's on one answer. A later one is worse.
type verdict int

const (
	rightAllow verdict = iota
	rightDeny
	eitherWay
	transportError
	wrongDeny
	wrongAllow
)

// tally counts verdicts, and keeps the first of the worst for a person to see: one wrong
// allow isn't hidden by an answer that failed to come before it.
type tally struct {
	counts results.SampleVerdicts
	worst  verdict
}

func (t *tally) add(v verdict, what string) {
	c := &t.counts
	*[...]*int64{&c.RightAllow, &c.RightDeny, &c.Either, &c.TransportError, &c.WrongDeny, &c.WrongAllow}[v]++
	if what != "" && (c.First == "" || v > t.worst) {
		t.worst, c.First = v, what
	}
}
