package results

// Level is how binding a requirement is (BCP 14), or PROFILE for a rule of a
// vendor's profile.
type Level string

const (
	Must    Level = "MUST"
	Should  Level = "SHOULD"
	May     Level = "MAY"
	Profile Level = "PROFILE"
)

// Requirement is one normative sentence.
type Requirement struct {
	ID       string `json:"id"`       // RFC7662-2.2-active-boolean
	Document string `json:"document"` // RFC 7662
	Section  string `json:"section"`  // 2.2
	Level    Level  `json:"level"`
	Text     string `json:"text"` // what it asks, in a sentence
}

// Finding is the outcome of one check on one target.
type Finding struct {
	Check        string        `json:"check"` // rfc7662/2.2/active-boolean
	Title        string        `json:"title"`
	Target       string        `json:"target"`
	Requirements []Requirement `json:"requirements"`
	Verdict      Verdict       `json:"verdict"`
	Reason       string        `json:"reason,omitempty"`  // of a verdict of none or inconclusive
	Absence      SkipKind      `json:"absence,omitempty"` // of a verdict of none: which kind
	Expected     []string      `json:"expected,omitempty"`
	Observed     string        `json:"observed,omitempty"`              // redacted
	Evidence     []string      `json:"evidence,omitempty" text:"lines"` // requests and responses, redacted
	// Accepted says that the target's expectations list this outcome, and why.
	Accepted *Expectation `json:"accepted,omitempty"`
}

// Level is the most binding level of the finding's requirements.
func (f Finding) Level() Level {
	rank := map[Level]int{Must: 4, Profile: 3, Should: 2, May: 1}
	var top Level
	for _, r := range f.Requirements {
		if rank[r.Level] > rank[top] {
			top = r.Level
		}
	}
	return top
}

// Weight is what the finding counts for. An outcome that the target's expectations
// accept, and a failure of a mere SHOULD or MAY, is shown and doesn't fail the run; a
// failure whose level is unknown does.
func (f Finding) Weight() Verdict {
	if f.Verdict != Fail && f.Verdict != Inconclusive {
		return f.Verdict
	}
	if f.Accepted != nil && f.Accepted.Verdict == f.Verdict {
		return Pass
	}
	if level := f.Level(); f.Verdict == Fail && (level == Should || level == May) {
		return Pass
	}
	return f.Verdict
}

// Expectation is an accepted finding of one target. One that no longer occurs is
// reported too, so a list of excuses can't outlive what it excuses.
type Expectation struct {
	Check   string  `json:"check" yaml:"check"`
	Verdict Verdict `json:"verdict" yaml:"verdict"`
	Comment string  `json:"comment" yaml:"comment"`
	Link    string  `json:"link,omitempty" yaml:"link,omitempty"`
}
