package rfc9068

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

// 2.2. Data Structure. The section says REQUIRED of each claim and refers to RFC 7519
// or RFC 8693 for its type.
func section2_2() []conformance.Check {
	return []conformance.Check{
		// "iss REQUIRED"; section 4: a resource server compares it for an exact match.
		claim("iss", "jwt-iss-differs", "iss is present and exactly the issuer identifier.", issuer),
		// "exp REQUIRED"; RFC 7519, section 4.1.4: "Its value MUST be a number".
		claim("exp", "jwt-exp-missing", "exp is present and a number.", number),
		// "aud REQUIRED"; RFC 7519, section 4.1.3: an array of strings or a single string.
		claim("aud", "jwt-aud-missing", "aud is present and a string, or an array of strings that is not empty.", audience),
		// "sub REQUIRED"; RFC 7519, section 4.1.2: a string.
		claim("sub", "jwt-sub-missing", "sub is present and a string.", text),
		// "client_id REQUIRED"; RFC 8693, section 4.3: the identifier of the client that
		// requested the token.
		claim("client_id", "jwt-client-id-missing", "client_id is present and the client that requested the token.", client),
		// "iat REQUIRED"; RFC 7519, section 4.1.6: "Its value MUST be a number".
		claim("iat", "jwt-iat-string", "iat is present and a number.", number),
		// "jti REQUIRED"; RFC 7519, section 4.1.7: a string.
		claim("jti", "jwt-jti-missing", "jti is present and a string.", identifier),
		jtiUnique(),
	}
}

type judgeClaim func(p *conformance.Probe, g *conformance.Grant, claims map[string]any, name string) conformance.Outcome

// claim is the check of one required claim; its ID has a hyphen where the claim's name
// has an underscore.
func claim(name, fault, rule string, judge judgeClaim) conformance.Check {
	slug := strings.ReplaceAll(name, "_", "-")
	return conformance.Check{
		ID:          "rfc9068/2.2/" + slug,
		Title:       "reads the claim " + name,
		Requirement: conformance.Must(rule),
		Fault:       fault,
		Run: conformance.EachJWT(func(p *conformance.Probe, g *conformance.Grant, t conformance.JWT) conformance.Outcome {
			return judge(p, g, t.Claims, name)
		}),
	}
}

func text(_ *conformance.Probe, _ *conformance.Grant, claims map[string]any, name string) conformance.Outcome {
	s, _ := claims[name].(string)
	return conformance.SawMember(s != "", claims, name, name+" is a string")
}

// identifier judges like text and shows no value: a jti can be the very token that a
// server keeps.
func identifier(_ *conformance.Probe, _ *conformance.Grant, claims map[string]any, name string) conformance.Outcome {
	s, _ := claims[name].(string)
	return conformance.Saw(s != "", conformance.ShowKind(claims, name), name+" is a string")
}

func number(_ *conformance.Probe, _ *conformance.Grant, claims map[string]any, name string) conformance.Outcome {
	_, ok := claims[name].(json.Number)
	return conformance.SawMember(ok, claims, name, name+" is a number")
}

func issuer(p *conformance.Probe, _ *conformance.Grant, claims map[string]any, name string) conformance.Outcome {
	want := p.Instance().Issuer
	if p.Instance().IssuerLearned {
		return conformance.NotApplicable("nobody but its tokens tells the issuer's identifier: declare issuer")
	}
	return conformance.SawMember(claims[name] == want, claims, name, fmt.Sprintf("%s is %q", name, want))
}

func client(_ *conformance.Probe, g *conformance.Grant, claims map[string]any, name string) conformance.Outcome {
	return conformance.SawMember(claims[name] == g.Client.ID, claims, name, fmt.Sprintf("%s is %q", name, g.Client.ID))
}

func audience(_ *conformance.Probe, _ *conformance.Grant, claims map[string]any, name string) conformance.Outcome {
	return conformance.SawMember(len(audiences(claims)) > 0, claims, name, "aud is a string", "aud is an array of strings")
}

// audiences lists the strings of aud, none when it is of another type.
func audiences(claims map[string]any) []string {
	if s, ok := claims["aud"].(string); ok && s != "" {
		return []string{s}
	}
	list, _ := claims["aud"].([]any)
	var out []string
	for _, item := range list {
		s, ok := item.(string)
		if !ok {
			return nil
		}
		out = append(out, s)
	}
	return out
}
