package load

import "github.com/oauthmark/oauthmark/results"

// verdict is the oracle's on one answer. A later one is worse.
type verdict int

const (
	rightAllow verdict = iota
	rightDeny
	eitherWay
	excused // no judgement in an outage that the step made
	transportError
	wrongDeny
	wrongAllow
)

// judgements counts verdicts, and keeps the first of the worst for a person to see: one wrong
// allow isn't hidden by an answer that failed to come before it.
type judgements struct {
	counts results.SampleVerdicts
	worst  verdict
}

func (j *judgements) add(v verdict, what string) {
	c := &j.counts
	*[...]*int64{&c.RightAllow, &c.RightDeny, &c.Either, &c.Excused, &c.TransportError, &c.WrongDeny, &c.WrongAllow}[v]++
	if what != "" && (c.First == "" || v > j.worst) {
		j.worst, c.First = v, what
	}
}
