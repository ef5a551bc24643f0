package results

import (
	"strings"
	"time"
)

// SchemaVersion is the version of the JSON form. It rises when a reader of the
// previous version would misread a record; adding an optional member does not
// raise it.
const SchemaVersion = 2

// Run is one executed plan, with all that is needed to judge it and to repeat it.
type Run struct {
	Schema      int          `json:"schema"`
	ID          string       `json:"id"`
	Started     time.Time    `json:"started"`
	Finished    time.Time    `json:"finished"`
	Interrupted bool         `json:"interrupted,omitempty"` // ended by a signal: the record holds what was measured until then
	Provenance  Provenance   `json:"provenance"`
	Plan        Plan         `json:"plan"`
	Steps       []StepResult `json:"steps"`              // one for each step that ran, in order of execution
	Skipped     []Skip       `json:"skipped,omitempty"`  // what was selected and did not run, each with its reason
	Warnings    []Warning    `json:"warnings,omitempty"` // caveats on the run as a whole
}

// Provenance says where a record's numbers come from. Two records are only
// comparable as far as their provenance agrees.
type Provenance struct {
	Tool        string             `json:"tool"`    // version of oauthmark
	Command     []string           `json:"command"` // arguments as given; secrets are never given as arguments
	Go          string             `json:"go"`
	OS          string             `json:"os"`
	Arch        string             `json:"arch"`
	Kernel      string             `json:"kernel,omitempty"`
	CPU         string             `json:"cpu,omitempty"` // model name
	Cores       int                `json:"cores"`         // logical processors the harness may use
	Targets     []TargetProvenance `json:"targets,omitempty"`
	Calibration []Calibration      `json:"calibration,omitempty"` // before and after the measurement
}

// TargetProvenance says what a target really was when it was measured.
type TargetProvenance struct {
	Name          string    `json:"name"`
	Version       string    `json:"version,omitempty"`
	Runtime       string    `json:"runtime"`                  // container, process or external
	RuntimeReason string    `json:"runtime_reason,omitempty"` // why this runtime, where it was chosen automatically
	Issuer        string    `json:"issuer"`                   // issuer identifier (RFC 8414, section 2)
	Accepts       string    `json:"accepts,omitempty"`        // what its verifier accepts beside RFC 9068
	Caches        *Caches   `json:"caches,omitempty"`         // what its verifier remembers, where a step has none of its own
	Services      []Service `json:"services,omitempty"`
}

// Caches are the bounds of what the reference verifier remembers.
type Caches struct {
	TTL         Duration `json:"ttl"`          // of a token that was accepted
	NegativeTTL Duration `json:"negative_ttl"` // of one that was refused; 0 remembers none
	Entries     int      `json:"entries"`      // tokens at most
}

// Service is one process or container of a target.
type Service struct {
	Name    string `json:"name"`              // issuer, verifier, store
	Runtime string `json:"runtime"`           // container or process
	Image   string `json:"image,omitempty"`   // image identifier, content-addressed
	Program string `json:"program,omitempty"` // base name of the executable
	Version string `json:"version,omitempty"` // of the program, where it isn't part of this one or of the target
}

// Calibration is the speed of a fixed piece of work on this machine: a drop
// between the first and the last says that the machine was not the same.
type Calibration struct {
	At          time.Time `json:"at"`
	SHA256PerMs float64   `json:"sha256_per_ms"`    // SHA-256 of 1 KiB, operations per millisecond
	P256PerMs   float64   `json:"p256_sign_per_ms"` // ECDSA P-256 signatures per millisecond
}

// Skip is something that was selected and did not run. Absence is listed, never
// passed over: "not applicable" and "not run" both have a reason.
type Skip struct {
	ID     string   `json:"id"` // scenario or check
	Target string   `json:"target,omitempty"`
	Kind   SkipKind `json:"kind"`
	Reason string   `json:"reason"`
}

// Name is what was skipped and on which target; a step's own name holds its target.
func (s Skip) Name() string {
	if s.Target == "" || strings.Contains(s.ID, "@"+s.Target) {
		return s.ID
	}
	return s.ID + "@" + s.Target
}

// SkipKind tells the two kinds of absence apart.
type SkipKind string

const (
	NotApplicable SkipKind = "not applicable" // the target or the machine has nothing that it could be about
	NotRun        SkipKind = "not run"        // it would apply, and something prevented it
)

// Warning is a caveat that travels with a number.
type Warning struct {
	Code string `json:"code"` // stable, for a machine: generator-late, interval-wide, machine-drifted
	Text string `json:"text"` // one sentence for a person, with the figures
}
