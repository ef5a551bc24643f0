package report

import (
	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// outcomeSection tells apart what the requests of each kind got: how fast a token is
// refused, and that it is. It is a detail where nobody asked for a mix of them.
func outcomeSection(_ results.Run, cells []stats.Cell) Section {
	out := Section{Detail: true}
	for _, group := range stats.ByLoad(cells) {
		t := Table{
			Title: "Outcomes" + of(group[0]) + " on " + Load(group[0]),
			Columns: []Column{{Name: axes(group[0])}, {Name: "outcome"}, {Name: "must"}, {Name: "planned", Numeric: true, Wide: true}, {Name: "sent", Numeric: true},
				{Name: "p50", Numeric: true, Spare: true}, {Name: "p99", Numeric: true}, {Name: "allowed", Numeric: true, Spare: true}, {Name: "denied", Numeric: true, Spare: true},
				{Name: "wrong", Numeric: true}, {Name: "lost", Numeric: true}, {Name: "verdict"}},
			Notes: []string{"Response time of all requests of the outcome, whatever was answered. wrong: allowed or denied against the oracle; lost: no answer, or none that judges the token."},
		}
		mixes := map[string]bool{}
		for _, c := range group {
			all, err := c.Outcomes()
			if err != nil { // which was decoded before
				continue
			}
			for _, o := range all {
				t.Rows = append(t.Rows, outcomeRow(c, o))
			}
			if mix := c.Offered().Mix; mix != "" && len(all) > 0 && !mixes[mix] {
				mixes[mix], out.Detail = true, false
				t.Notes = append(t.Notes, "The mix that was asked for: "+mix+".")
			}
		}
		out.Tables = append(out.Tables, some(t)...)
	}
	return out
}

func outcomeRow(c stats.Cell, o *stats.Outcome) Row {
	// Its own verdict: that another outcome went wrong says nothing against this one.
	v, verdict := o.Verdicts, results.Pass
	wrong := v.WrongAllow + v.WrongDeny
	switch {
	case wrong > 0:
		verdict = results.Fail
	case v.TransportError > 0, o.Sent < o.Planned, c.Verdict == results.Inconclusive:
		verdict = results.Inconclusive
	}
	planned := Count(o.Planned)
	if c.Closed() {
		planned = "-"
	}
	at := func(q float64) string {
		if c.Closed() || !results.Resolves(o.Response.TotalCount(), q) {
			return "-"
		}
		return Nanoseconds(float64(stats.Quantile(o.Response, q)))
	}
	return Row{[]string{c.Name(), o.Name, o.Right, planned, Count(o.Sent), at(0.5), at(0.99), Count(v.RightAllow), Count(v.RightDeny),
		Count(wrong), Count(v.TransportError), verdict.String()}, verdict}
}
