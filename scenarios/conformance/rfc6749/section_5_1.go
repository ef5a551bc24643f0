package rfc6749

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"

	"github.com/oauthmark/oauthmark/reference/field"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

// 5.1. Successful Response. The scope has a file of its own.
func section5_1() []conformance.Check {
	return []conformance.Check{
		// "... adding the following parameters to the entity-body of the HTTP response
		// with a 200 (OK) status code", "using the "application/json" media type".
		{
			ID:          "rfc6749/5.1/json-response",
			Title:       "asks for a token and looks at status, media type and body of the answer",
			Requirement: conformance.Must("A successful answer has the status 200 and is a JSON object of the media type application/json."),
			Fault:       "token-response-not-json",
			Run:         conformance.EachGrant(func(g *conformance.Grant) conformance.Outcome { return conformance.JSONResponse(g.Answer) }),
		},
		// "access_token REQUIRED."; appendix A.12: access-token = 1*VSCHAR.
		{
			ID:          "rfc6749/5.1/access-token",
			Title:       "asks for a token and looks at its characters",
			Requirement: conformance.Must("access_token is present and a string of one or more visible ASCII characters or spaces."),
			Fault:       "access-token-control-character",
			Run:         conformance.EachGranted(accessToken),
		},
		// "token_type REQUIRED. [...] Value is case insensitive."
		{
			ID:          "rfc6749/5.1/token-type",
			Title:       "asks for a token and looks for its type",
			Requirement: conformance.Must("token_type is present and a string."),
			Fault:       "token-type-missing",
			Run: conformance.EachGranted(func(members map[string]any) conformance.Outcome {
				s, _ := members["token_type"].(string)
				return conformance.SawMember(s != "", members, "token_type", "token_type is a string such as Bearer")
			}),
		},
		// "expires_in RECOMMENDED."
		{
			ID:          "rfc6749/5.1/expires-in",
			Title:       "asks for a token and looks whether the answer tells its lifetime",
			Requirement: conformance.Should("expires_in is recommended."),
			Fault:       "expires-in-missing",
			Run: conformance.EachGranted(func(members map[string]any) conformance.Outcome {
				_, ok := members["expires_in"]
				return conformance.Saw(ok, conformance.ShowKind(members, "expires_in"), "expires_in")
			}),
		},
		// "The lifetime in seconds"; "Numerical values are included as JSON numbers.";
		// appendix A.14: expires-in = 1*DIGIT.
		{
			ID:          "rfc6749/5.1/expires-in-number",
			Title:       "asks for a token and looks at the type of its lifetime",
			Requirement: conformance.Must("expires_in, where present, is a JSON number of whole seconds."),
			Fault:       "expires-in-string",
			Run:         conformance.EachGranted(expiresInNumber),
		},
		scopeWhenDifferent(),
		// "The authorization server MUST include the HTTP "Cache-Control" response header
		// field [RFC2616] with a value of "no-store" in any response containing tokens".
		{
			ID:          "rfc6749/5.1/no-store",
			Title:       "asks for a token and looks at Cache-Control",
			Requirement: conformance.Must("An answer with a token has the header field Cache-Control with the value no-store."),
			Fault:       "token-response-cacheable",
			Run:         conformance.EachGrant(directive("Cache-Control", "no-store")),
		},
		// "... as well as the "Pragma" response header field [RFC2616] with a value of
		// "no-cache"." The drafts of OAuth 2.1 drop this half; a target that follows them
		// lists the finding in its expectations.
		{
			ID:          "rfc6749/5.1/pragma-no-cache",
			Title:       "asks for a token and looks at Pragma",
			Requirement: conformance.Must("An answer with a token has the header field Pragma with the value no-cache."),
			Fault:       "token-response-without-pragma",
			Run:         conformance.EachGrant(directive("Pragma", "no-cache")),
		},
	}
}

// accessToken shows no character of the token, not even the wrong one.
func accessToken(members map[string]any) conformance.Outcome {
	const want = "a string of one or more characters between %x20 and %x7E"
	token, _ := members["access_token"].(string)
	if token == "" {
		return conformance.Failed(conformance.ShowKind(members, "access_token"), want)
	}
	if i := slices.IndexFunc([]rune(token), func(r rune) bool { return r < 0x20 || r > 0x7e }); i >= 0 {
		return conformance.Failed(fmt.Sprintf("a string with another character at position %d", i), want)
	}
	return conformance.Passed(fmt.Sprintf("a string of %d characters", len(token)))
}

var digits = regexp.MustCompile(`^[0-9]+$`)

func expiresInNumber(members map[string]any) conformance.Outcome {
	v, ok := members["expires_in"]
	if !ok {
		return conformance.NotApplicable("the answer has no expires_in")
	}
	n, _ := v.(json.Number)
	return conformance.SawMember(digits.MatchString(n.String()), members, "expires_in", "a JSON number of whole seconds")
}

func directive(name, value string) func(*conformance.Grant) conformance.Outcome {
	return func(g *conformance.Grant) conformance.Outcome {
		lines := g.Answer.Header.Values(name)
		_, there := field.Directives(lines)[value]
		return conformance.Saw(there, fmt.Sprintf("%s: %q", name, lines), name+": "+value)
	}
}
