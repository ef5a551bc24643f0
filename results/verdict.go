package results

import "fmt"

// Verdict is the answer to one question. Verdicts are ordered, and of several the
// worst wins: none < pass < inconclusive < fail < error.
type Verdict uint8

const (
	None         Verdict = iota // not applicable or not run; always with a reason
	Pass                        // measured or checked, and right
	Inconclusive                // measured, and can't be trusted
	Fail                        // the target is wrong
	Error                       // the harness is wrong
)

var verdictNames = [...]string{"none", "pass", "inconclusive", "fail", "error"}

func (v Verdict) String() string {
	if int(v) < len(verdictNames) {
		return verdictNames[v]
	}
	return fmt.Sprintf("verdict(%d)", v)
}

func (v Verdict) MarshalText() ([]byte, error) {
	if int(v) >= len(verdictNames) {
		return nil, fmt.Errorf("verdict %d has no name", v)
	}
	return []byte(verdictNames[v]), nil
}

// UnmarshalText accepts the names that String returns and no other.
func (v *Verdict) UnmarshalText(b []byte) error {
	for i, name := range verdictNames {
		if string(b) == name {
			*v = Verdict(i)
			return nil
		}
	}
	return fmt.Errorf("unknown verdict %q", b)
}

// Worst returns the worst of the verdicts, None when there are none.
func Worst(verdicts ...Verdict) Verdict {
	worst := None
	for _, v := range verdicts {
		worst = max(worst, v)
	}
	return worst
}
