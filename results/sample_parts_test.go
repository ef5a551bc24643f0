package results

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// sampleCosts is a cost step whose rows have a limit, a warning, and neither.
func sampleCosts() StepResult {
	row := func(op string, size int, median float64, allocs float64, limit string, of float64) Cost {
		c := Cost{Operation: op, Bytes: size, Batches: 24, BatchSize: 64, Median: median, Low: median * 0.985, High: median * 1.018,
			Level: 0.95, Mean: median * 1.01, Allocs: allocs, AllocB: allocs * 56, Limit: limit}
		if limit != "" {
			c.Ratio, c.RatioLow, c.RatioHigh = median/of, median/of*0.995, median/of*1.004
		}
		for _, part := range []float64{0.99, 1.004, 1, 0.997, 1.02} {
			c.Epochs = append(c.Epochs, math.Round(median*part))
		}
		return c
	}
	rows := []Cost{
		row("hash/SHA-256/jwt", 612, 652, 1, "limit/hash/SHA-256/jwt", 498),
		row("hash/SHA-256/opaque-43", 43, 148, 1, "limit/hash/SHA-256/opaque-43", 71),
		row("limit/hash/SHA-256/jwt", 612, 498, 0, "", 0),
		row("limit/hash/SHA-256/opaque-43", 43, 71, 0, "", 0),
		row("limit/sign/ES256", 526, 23.1e3, 62, "", 0),
		row("limit/sign/EdDSA", 526, 21.4e3, 0, "", 0),
		row("limit/sign/RS256", 526, 1.01e6, 10, "", 0),
		row("limit/verify/ES256", 526, 58.2e3, 20, "", 0),
		row("limit/verify/EdDSA", 526, 46.9e3, 0, "", 0),
		row("limit/verify/RS256", 526, 26.3e3, 9, "", 0),
		row("sign/ES256", 526, 29.8e3, 98, "limit/sign/ES256", 23.1e3),
		row("sign/EdDSA", 526, 27.2e3, 37, "limit/sign/EdDSA", 21.4e3),
		row("sign/RS256", 526, 1.03e6, 47, "limit/sign/RS256", 1.01e6),
		row("verify/ES256", 612, 71.9e3, 84, "limit/verify/ES256", 58.2e3),
		row("verify/EdDSA", 612, 60.1e3, 63, "limit/verify/EdDSA", 46.9e3),
		row("verify/RS256", 868, 38.7e3, 72, "limit/verify/RS256", 26.3e3),
	}
	size := func(form string, claims, bytes int) {
		c := Cost{Operation: fmt.Sprintf("size/token/%s/claims-%d", form, claims), Bytes: bytes, Untimed: true}
		if bytes > 4096 {
			c.Warnings = []Warning{{"header-large", "more than a buffer of 4 kB holds"}}
		}
		rows = append(rows, c)
	}
	size("ES256", 8, 612)
	size("ES256", 64, 4710)
	size("opaque", 8, 43)
	size("opaque", 64, 43)
	rows = append(rows, row("cache-hit/opaque-43", 43, 412, 2, "", 0))
	rows[12].Low, rows[12].High = 0.94e6, 1.16e6
	rows[12].Warnings = []Warning{{"interval-wide", "the interval is 11 % of the median to either side"}}
	return StepResult{Step: Step{ID: "cost", Scenario: "cost", Kind: KindCost}, Elapsed: Duration(8 * time.Second), Verdict: Pass, Costs: rows}
}

// sampleOutcomes are of a step that presents good tokens, and some of two other kinds.
func sampleOutcomes(response, service *hdrhistogram.Histogram) []Outcome {
	outcome := func(name, right string, n int64, v SampleVerdicts) Outcome {
		return Outcome{Name: name, Right: right, Planned: n, Sent: n, Verdicts: v, Response: EncodeHistogram(response), Service: EncodeHistogram(service)}
	}
	return []Outcome{
		outcome("valid", "allow", 1900, SampleVerdicts{RightAllow: 1900}),
		outcome("expired", "deny", 60, SampleVerdicts{RightDeny: 60}),
		outcome("too-little-scope", "deny", 40, SampleVerdicts{RightDeny: 38, TransportError: 2, First: "too-little-scope: a good token was answered with 503"}),
	}
}

// sampleFigures is a load step whose scenario found figures beside latency, one of them
// beyond its limit.
func sampleFigures(rng *rand.Rand) StepResult {
	out := sampleCells[2].step(rng, 1, 200, Poisson, false)
	out.Step.ID, out.Step.Scenario = "revocation/introspect-cached/opaque@reference#1", "revocation/introspect-cached"
	out.Step.Load.Mix, out.Series.Outcomes = "", nil
	bound := 60.0
	out.Figures = []Figure{
		{Name: "staleness max", Unit: "s", Value: 61.2, Low: 60.4, High: 61.9, Worse: WorseUp, Limit: &bound},
		{Name: "stale accepts", Value: 412, Worse: WorseUp},
	}
	out.Verdict, out.Reason = Fail, "a revoked token was accepted 61.2 s later, and the strategy allows 60"
	return out
}

// sampleChecks is a step with a finding of each verdict and one that is accepted.
func sampleChecks() StepResult {
	finding := func(check, title string, level Level, v Verdict) Finding {
		part := strings.Split(check, "/")
		number := strings.TrimPrefix(part[0], "rfc")
		return Finding{Check: check, Title: title, Target: "reference", Verdict: v, Requirements: []Requirement{
			{ID: "RFC" + number + "-" + part[1] + "-" + part[2], Document: "RFC " + number, Section: part[1], Level: level, Text: title}}}
	}
	accepted := finding("rfc6749/5.1/pragma", "the response forbids old caches", Must, Fail)
	accepted.Expected, accepted.Observed = []string{"Pragma: no-cache"}, "no Pragma header"
	accepted.Accepted = &Expectation{Check: accepted.Check, Verdict: Fail, Comment: "OAuth 2.1 asks for Cache-Control alone"}

	should := finding("rfc6749/5.1/expires-in", "the response tells the lifetime", Should, Fail)
	should.Expected, should.Observed = []string{"expires_in, a positive integer"}, `expires_in is the string "300"`
	should.Evidence = []string{
		"POST /token\nAuthorization: [redacted]\n\ngrant_type=client_credentials&scope=read",
		"HTTP/1.1 200 OK\nContent-Type: application/json\n\n{\"access_token\":\"[redacted 43 characters]\",\"token_type\":\"Bearer\",\"expires_in\":\"300\"}",
	}
	unclear := finding("rfc7662/2.1/authenticated", "introspection asks who calls", Must, Inconclusive)
	unclear.Reason = "no answer within 5 s"

	absent := finding("rfc9068/2.2/jti-unique", "no two tokens share a jti", Must, None)
	absent.Reason = "the target does not declare issue/RS256"

	return StepResult{
		Step:    Step{ID: "conform@reference", Scenario: "conform", Kind: KindConformance, Target: "reference", Remote: true},
		Elapsed: Duration(1200 * time.Millisecond), Verdict: Inconclusive, Reason: "1 check is inconclusive",
		Findings: []Finding{
			should, accepted,
			finding("rfc6749/5.1/no-store", "the response may not be stored", Must, Pass),
			finding("rfc6749/5.1/token-type", "the response names the token's type", Must, Pass),
			unclear,
			finding("rfc7662/2.2/active-boolean", "active is a JSON boolean", Must, Pass),
			absent,
			finding("rfc9068/2.1/typ", "the header says at+jwt", Must, Pass),
		},
		Warnings: []Warning{{"should-not-met", "rfc6749/5.1/expires-in: a SHOULD is not met"}},
	}
}
