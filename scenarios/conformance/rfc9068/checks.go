// Package rfc9068 judges self-contained access tokens against RFC 9068, JSON Web Token
// (JWT) Profile for OAuth 2.0 Access Tokens.
//
// [Checks] lists the checks; each lives in the file of its section.
package rfc9068

import (
	"context"
	"slices"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
	"github.com/oauthmark/oauthmark/targets"
)

const document = "RFC 9068"

// Checks lists the checks of the document, sorted by section.
func Checks() []conformance.Check {
	return slices.Concat(section2_1(), section2_2(), section2_2_3(), section3(), section4())
}

var needs = []targets.Capability{targets.ClientCredentials}

const noForm = "the target declares no self-contained form of token"

type run = func(context.Context, *conformance.Probe) conformance.Outcome

// eachForm judges every self-contained form.
func eachForm(judge func(context.Context, *conformance.Probe, string) conformance.Outcome) run {
	return func(ctx context.Context, p *conformance.Probe) conformance.Outcome {
		return conformance.EachForm(p.JWTForms(), noForm, func(form string) conformance.Outcome {
			return judge(ctx, p, form)
		})
	}
}

// eachToken judges the content of a token of every self-contained form.
func eachToken(judge func(*conformance.Probe, *conformance.Grant, conformance.JWT) conformance.Outcome) run {
	return eachForm(func(ctx context.Context, p *conformance.Probe, form string) conformance.Outcome {
		g, parsed, err := p.JWT(ctx, form)
		if err != nil {
			return conformance.Undecided(err)
		}
		return judge(p, g, parsed)
	})
}

// requirement is a requirement of this document; its ID follows from the others.
func requirement(section, slug string, level results.Level, text string) []results.Requirement {
	return []results.Requirement{{
		ID: "RFC9068-" + section + "-" + slug, Document: document, Section: section, Level: level, Text: text,
	}}
}
