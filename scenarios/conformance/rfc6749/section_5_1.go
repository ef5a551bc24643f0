package rfc6749

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

// 5.1. Successful Response. The scope has a file of its own.
func section5_1() []conformance.Check {
	return []conformance.Check{
		// "... adding the following parameters to the entity-body of the HTTP response
		// with a 200 (OK) status code", "using the "application/json" media type".
		{
			ID:    "rfc6749/5.1/json-response",
			Title: "asks for a token and looks at status, media type and body of the answer",
			Requirements: []results.Requirement{{
				ID: "RFC6749-5.1-json-response", Document: document, Section: "5.1", Level: results.Must,
				Text: "A successful answer has the status 200 and is a JSON object of the media type application/json.",
			}},
			Needs: needs,
			Fault: "token-response-not-json",
			Run:   eachGrant(jsonResponse),
		},
		// "access_token REQUIRED."; appendix A.12: access-token = 1*VSCHAR.
		{
			ID:    "rfc6749/5.1/access-token",
			Title: "asks for a token and looks at its characters",
			Requirements: []results.Requirement{{
				ID: "RFC6749-5.1-access-token", Document: document, Section: "5.1", Level: results.Must,
				Text: "access_token is present and a string of one or more visible ASCII characters or spaces.",
			}},
			Needs: needs,
			Fault: "access-token-control-character",
			Run:   eachMembers(accessToken),
		},
		// "token_type REQUIRED. [...] Value is case insensitive."
		{
			ID:    "rfc6749/5.1/token-type",
			Title: "asks for a token and looks for its type",
			Requirements: []results.Requirement{{
				ID: "RFC6749-5.1-token-type", Document: document, Section: "5.1", Level: results.Must,
				Text: "token_type is present and a string.",
			}},
			Needs: needs,
			Fault: "token-type-missing",
			Run: eachMembers(func(members map[string]any) conformance.Outcome {
				if s, _ := members["token_type"].(string); s == "" {
					return conformance.Failed(conformance.Show(members, "token_type"), "token_type is a string such as Bearer")
				}
				return conformance.Passed(conformance.Show(members, "token_type"))
			}),
		},
		// "expires_in RECOMMENDED."
		{
			ID:    "rfc6749/5.1/expires-in",
			Title: "asks for a token and looks whether the answer tells its lifetime",
			Requirements: []results.Requirement{{
				ID: "RFC6749-5.1-expires-in", Document: document, Section: "5.1", Level: results.Should,
				Text: "expires_in is recommended.",
			}},
			Needs: needs,
			Fault: "expires-in-missing",
			Run: eachMembers(func(members map[string]any) conformance.Outcome {
				if _, ok := members["expires_in"]; !ok {
					return conformance.Failed("expires_in is missing", "expires_in")
				}
				return conformance.Passed("expires_in is present")
			}),
		},
		// "The lifetime in seconds"; "Numerical values are included as JSON numbers.";
		// appendix A.14: expires-in = 1*DIGIT.
		{
			ID:    "rfc6749/5.1/expires-in-number",
			Title: "asks for a token and looks at the type of its lifetime",
			Requirements: []results.Requirement{{
				ID: "RFC6749-5.1-expires-in-number", Document: document, Section: "5.1", Level: results.Must,
				Text: "expires_in, where present, is a JSON number of whole seconds above zero.",
			}},
			Needs: needs,
			Fault: "expires-in-string",
			Run:   eachMembers(expiresInNumber),
		},
		scopeWhenDifferent(),
		// "The authorization server MUST include the HTTP "Cache-Control" response header
		// field [RFC2616] with a value of "no-store" in any response containing tokens".
		{
			ID:    "rfc6749/5.1/no-store",
			Title: "asks for a token and looks at Cache-Control",
			Requirements: []results.Requirement{{
				ID: "RFC6749-5.1-no-store", Document: document, Section: "5.1", Level: results.Must,
				Text: "An answer with a token has the header field Cache-Control with the value no-store.",
			}},
			Needs: needs,
			Fault: "token-response-cacheable",
			Run:   eachGrant(directive("Cache-Control", "no-store")),
		},
		// "... as well as the "Pragma" response header field [RFC2616] with a value of
		// "no-cache"." The drafts of OAuth 2.1 drop this half; a target that follows them
		// lists the finding in its expectations.
		{
			ID:    "rfc6749/5.1/pragma-no-cache",
			Title: "asks for a token and looks at Pragma",
			Requirements: []results.Requirement{{
				ID: "RFC6749-5.1-pragma-no-cache", Document: document, Section: "5.1", Level: results.Must,
				Text: "An answer with a token has the header field Pragma with the value no-cache.",
			}},
			Needs: needs,
			Fault: "token-response-without-pragma",
			Run:   eachGrant(directive("Pragma", "no-cache")),
		},
	}
}

func jsonResponse(g *conformance.Grant) conformance.Outcome {
	x := g.Answer
	const want = "200 with a JSON object as application/json"
	if _, err := x.Object(); err != nil {
		return conformance.Failed(fmt.Sprintf("%d with a body that is %v", x.Status, err), want)
	}
	seen := fmt.Sprintf("%d with a JSON object as %q", x.Status, x.MediaType())
	if x.Status != http.StatusOK || x.MediaType() != "application/json" {
		return conformance.Failed(seen, want)
	}
	return conformance.Passed(seen)
}

// accessToken shows no character of the token, not even the wrong one.
func accessToken(members map[string]any) conformance.Outcome {
	const want = "a string of one or more characters between %x20 and %x7E"
	v, ok := members["access_token"]
	if !ok {
		return conformance.Failed("access_token is missing", want)
	}
	token, _ := v.(string)
	if token == "" {
		return conformance.Failed("access_token is "+conformance.Kind(v), want)
	}
	if i := slices.IndexFunc([]rune(token), func(r rune) bool { return r < 0x20 || r > 0x7e }); i >= 0 {
		return conformance.Failed(fmt.Sprintf("a string with another character at position %d", i), want)
	}
	return conformance.Passed(fmt.Sprintf("a string of %d characters", len(token)))
}

var digits = regexp.MustCompile(`^[0-9]*[1-9][0-9]*$`)

func expiresInNumber(members map[string]any) conformance.Outcome {
	v, ok := members["expires_in"]
	if !ok {
		return conformance.NotApplicable("the answer has no expires_in")
	}
	if n, isNumber := v.(json.Number); !isNumber || !digits.MatchString(n.String()) {
		return conformance.Failed(conformance.Show(members, "expires_in"), "a JSON number of whole seconds above zero")
	}
	return conformance.Passed(conformance.Show(members, "expires_in"))
}

func directive(field, value string) func(*conformance.Grant) conformance.Outcome {
	return func(g *conformance.Grant) conformance.Outcome {
		seen := fmt.Sprintf("%s: %q", field, g.Answer.Directives(field))
		if !slices.Contains(g.Answer.Directives(field), value) {
			return conformance.Failed(seen, field+": "+value)
		}
		return conformance.Passed(seen)
	}
}
