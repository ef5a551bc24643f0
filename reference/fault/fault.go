// Package fault seeds the reference servers with defects.
//
// Those of the issuer each break one
// requirement, and others only where it says so. A check that can't tell a defect from
// the clean issuer is worth nothing, and one that answers to another's defect blames the
// wrong clause.
//
// [All] lists the defects; [Wrap] puts one in front of an issuer. The issuer stays
// clean: the defect is in how its requests and answers are rewritten on the way. Where
// a defect changes what a token says, introspection says the same, so that nothing but
// the broken requirement shows.
//
// [Defects] lists those of the resource server, which break a rule of its memory; [Plant]
// gives it one, by its configuration, by the answers that reach it, or at one of its
// seams. A scenario of load that can't tell it from the clean one measures nothing.
package fault

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/reference/issuer"
)

// Fault is a seeded defect. A requirement is named by its ID: RFC7662-2.2-active-boolean.
type Fault struct {
	Name        string // active-string
	Title       string // what the server does wrong, in a sentence
	Requirement string // the one that forbids it
	// Breaks are further requirements that it can't help breaking, and Silences those
	// that it leaves nothing to judge of. All others hold.
	Breaks, Silences []string

	// before rewrites a request and may answer it in the issuer's place.
	before func(*server, *request) *answer
	// after rewrites the issuer's answer.
	after func(*server, *request, *answer)
}

// All lists the faults, sorted by name.
func All() []Fault {
	all := slices.Concat(tokenResponse(), tokenError(), introspection(), inactive(), selfContained(), metadata())
	slices.SortFunc(all, func(a, b Fault) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// Wrap returns the issuer with the named defect. The issuer must serve nobody else:
// the wrapper knows only the tokens that went through it.
func Wrap(name string, iss *issuer.Issuer) (http.Handler, error) {
	all := All()
	i := slices.IndexFunc(all, func(f Fault) bool { return f.Name == name })
	if i < 0 {
		return nil, fmt.Errorf("wrap issuer: unknown fault %q", name)
	}
	return newServer(all[i], iss), nil
}
