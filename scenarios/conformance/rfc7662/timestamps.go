package rfc7662

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"time"

	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

var timestamps = []string{"exp", "iat", "nbf"}

// skew is how far the clocks of the target and of this machine may be apart.
const skew = time.Minute

// farFuture is further than any token lives: a time beyond it is not in seconds.
const farFuture = 100 * 365 * 24 * time.Hour

// never is about what servers write for a token without an end: the largest time of
// theirs, in milliseconds or seconds.
const never = math.MaxInt64 / 1000

const noTimestamp = "the answer has no exp, iat or nbf"

var integer = regexp.MustCompile(`^-?[0-9]+$`)

func timestampsInteger(_ *conformance.Probe, _ string, members map[string]any) conformance.Outcome {
	n := 0
	for _, name := range timestamps {
		v, ok := members[name]
		if !ok {
			continue
		}
		if number, isNumber := v.(json.Number); !isNumber || !integer.MatchString(number.String()) {
			return conformance.Failed(conformance.Show(members, name), name+" is an integer")
		}
		n++
	}
	if n == 0 {
		return conformance.NotApplicable(noTimestamp)
	}
	return conformance.Passed(fmt.Sprintf("%d members are integers", n))
}

// timestampsCurrent judges the members that are integers; the others are
// rfc7662/2.2/timestamps-integer's. The time is that of the answer, since the token is
// shared and other checks may have run in between.
func timestampsCurrent(ctx context.Context, p *conformance.Probe, form string) conformance.Outcome {
	members, err := p.Active(ctx, form)
	if err != nil {
		return conformance.Undecided(err)
	}
	x, err := p.Introspection(ctx, form)
	if err != nil {
		return conformance.Undecided(err)
	}
	now := x.Received
	n := 0
	for _, name := range timestamps {
		number, _ := members[name].(json.Number)
		seconds, err := strconv.ParseInt(number.String(), 10, 64)
		if err != nil {
			continue
		}
		n++
		low, high, want := now.Add(-farFuture), now.Add(skew), name+" is in the past"
		if name == "exp" {
			low, high, want = now.Add(-skew), now.Add(farFuture), "exp is in the future"
		}
		if name == "exp" && seconds >= never {
			continue
		}
		if seconds < low.Unix() || seconds > high.Unix() {
			return conformance.Failed(fmt.Sprintf("%s is %d when the time is %d", name, seconds, now.Unix()), want+", in seconds")
		}
	}
	if n == 0 {
		return conformance.NotApplicable(noTimestamp)
	}
	return conformance.Passed(fmt.Sprintf("%d members fit the time", n))
}
