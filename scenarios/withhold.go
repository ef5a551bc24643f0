package scenarios

import "github.com/oauthmark/oauthmark/results"

// withhold redacts all text of a result in which a server may have had a part. It is the
// one way from a scenario into the record, and so no scenario has to think of it.
func withhold(r *results.StepResult, redact func(string) string) {
	each := func(list []string) {
		for i := range list {
			list[i] = redact(list[i])
		}
	}
	warnings := func(list []results.Warning) {
		for i := range list {
			list[i].Text = redact(list[i].Text)
		}
	}
	r.Reason = redact(r.Reason)
	warnings(r.Warnings)
	for i := range r.Skipped {
		r.Skipped[i].Reason = redact(r.Skipped[i].Reason)
	}
	if d := r.Declared; d != nil {
		r.Declared = &results.Declared{Staleness: redact(d.Staleness), Outage: redact(d.Outage)}
	}
	if r.Series != nil {
		r.Series.Verdicts.First = redact(r.Series.Verdicts.First)
		for i := range r.Series.Outcomes {
			o := &r.Series.Outcomes[i]
			o.Verdicts.First = redact(o.Verdicts.First)
		}
	}
	for i := range r.Costs {
		warnings(r.Costs[i].Warnings)
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Reason, f.Observed = redact(f.Reason), redact(f.Observed)
		each(f.Expected)
		each(f.Evidence)
	}
}
