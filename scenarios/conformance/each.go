package conformance

import (
	"context"
	"slices"
	"strings"
)

// JudgeForm judges one form of token.
type JudgeForm = func(ctx context.Context, p *Probe, form string) Outcome

// EachForm judges every form of token that the target issues.
func EachForm(judge JudgeForm) Run {
	return each("form of token", (*Probe).Forms, judge)
}

// EachIntrospected judges every form of token that the target introspects.
func EachIntrospected(judge JudgeForm) Run {
	return each("form of token that it introspects", func(p *Probe) []string { return p.Introspected(p.Forms()) }, judge)
}

// EachJWTForm judges every self-contained form.
func EachJWTForm(judge JudgeForm) Run {
	return each("self-contained form of token", (*Probe).JWTForms, judge)
}

// EachIntrospectedJWT judges every self-contained form that the target introspects.
func EachIntrospectedJWT(judge JudgeForm) Run {
	return each("self-contained form of token that it introspects", func(p *Probe) []string { return p.Introspected(p.JWTForms()) }, judge)
}

func each(what string, forms func(*Probe) []string, judge JudgeForm) Run {
	return func(ctx context.Context, p *Probe) Outcome {
		return Worst(forms(p), "the target declares no "+what, func(form string) Outcome { return judge(ctx, p, form) })
	}
}

// EachGrant judges the answer to a token request, for every form.
func EachGrant(judge func(*Grant) Outcome) Run {
	return EachForm(func(ctx context.Context, p *Probe, form string) Outcome { return Judging(judge)(p.Grant(ctx, form)) })
}

// EachGranted judges the members of the JSON object that answers a token request. An
// answer that is none is judged by rfc6749/5.1/json-response.
func EachGranted(judge func(members map[string]any) Outcome) Run {
	return EachGrant(func(g *Grant) Outcome { return Judging(judge)(g.Answer.Object()) })
}

// EachActive judges the members of the answer about an active token, for every form.
func EachActive(judge func(p *Probe, form string, members map[string]any) Outcome) Run {
	return EachIntrospected(func(ctx context.Context, p *Probe, form string) Outcome {
		return Judging(func(members map[string]any) Outcome { return judge(p, form, members) })(p.Active(ctx, form))
	})
}

// EachJWT judges the content of a token of every self-contained form.
func EachJWT(judge func(*Probe, *Grant, JWT) Outcome) Run {
	return EachJWTForm(func(ctx context.Context, p *Probe, form string) Outcome {
		g, parsed, err := p.JWT(ctx, form)
		if err != nil {
			return Undecided(err)
		}
		return judge(p, g, parsed)
	})
}

// Judging judges what was got, and can't decide where it wasn't: as in
// Judging(inactive)(p.IntrospectAs(ctx, token, "")).
func Judging[T any](judge func(T) Outcome) func(T, error) Outcome {
	return func(got T, err error) Outcome {
		if err != nil {
			return Undecided(err)
		}
		return judge(got)
	}
}

// Worst judges every form and returns the worst outcome, which names the forms that it
// holds for. Without a form the check doesn't apply, for the given reason.
func Worst(forms []string, none string, judge func(form string) Outcome) Outcome {
	if len(forms) == 0 {
		return NotApplicable(none)
	}
	outcomes := make([]Outcome, len(forms))
	var out Outcome
	for i, form := range forms {
		outcomes[i] = judge(form)
		out.Verdict = max(out.Verdict, outcomes[i].Verdict)
	}
	for i := range outcomes {
		if outcomes[i].Verdict != out.Verdict {
			outcomes[i] = Outcome{}
		}
		for _, e := range outcomes[i].Expected {
			if !slices.Contains(out.Expected, e) {
				out.Expected = append(out.Expected, e)
			}
		}
	}
	out.Observed = grouped(forms, outcomes, func(o Outcome) string { return o.Observed })
	out.Reason = grouped(forms, outcomes, func(o Outcome) string { return o.Reason })
	return out
}

// grouped groups forms by what was said about them, in order of appearance.
func grouped(forms []string, outcomes []Outcome, of func(Outcome) string) string {
	var said []string
	about := map[string][]string{}
	for i, o := range outcomes {
		text := of(o)
		if text != "" && about[text] == nil {
			said = append(said, text)
		}
		about[text] = append(about[text], forms[i])
	}
	for i, text := range said {
		said[i] = strings.Join(about[text], ", ") + ": " + text
	}
	return strings.Join(said, "; ")
}
