package rfc7662

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/scenarios/conformance"
)

// madeUpTokens are so many that a server which calls one in twenty active is found out in
// all but one of a thousand cases.
const madeUpTokens = 200

// Section 2.2: a token that "does not exist on this server" is not active. Section 2.1
// fears "token scanning attacks": that one of them is refused says little.
func madeUpInactive() conformance.Check {
	return conformance.Check{
		ID:          "rfc7662/2.2/made-up-inactive",
		Title:       "introspects hundreds of strings that no server has issued, of several shapes",
		Requirement: conformance.Must("No string that the server has not issued is called active."),
		Fault:       "made-up-token-active",
		Run: func(ctx context.Context, p *conformance.Probe) conformance.Outcome {
			shapes, err := altered(ctx, p)
			if err != nil {
				return conformance.Undecided(err)
			}
			shapes = append(madeUp(p), shapes...)
			nth := func(n int) shape { // each other one is random, and all shapes get their turn
				if n%2 == 0 {
					return shapes[0]
				}
				return shapes[n/2%len(shapes)]
			}
			x, tried, err := p.FirstActive(ctx, madeUpTokens, func(n int) string { return nth(n).make(n) })
			if err != nil {
				return conformance.Undecided(err)
			}
			if x != nil {
				members, _ := x.Object()
				return conformance.Failed(fmt.Sprintf("%s, of made-up token %d, %s", seen(x, members), tried, nth(tried-1).name), "active is false of each")
			}
			return conformance.Passed(fmt.Sprintf("none of %d made-up tokens is called active", tried))
		},
	}
}

// shape makes the nth string of a kind.
type shape struct {
	name string
	make func(n int) string
}

// madeUp are strings that resemble no token of the server's in particular.
func madeUp(p *conformance.Probe) []shape {
	random := func(n int, what string) string { return p.MadeUp(fmt.Sprintf("made-up %s %d", what, n)) }
	unsigned := func(n int, header string) string {
		payload := fmt.Sprintf(`{"iss":%q,"sub":"made-up","client_id":"made-up","aud":%q,"scope":"read","iat":%d,"exp":%d,"jti":%q}`,
			p.Instance().Issuer, p.Instance().Audience, 1<<30, 1<<32, random(n, "jti"))
		encode := base64.RawURLEncoding.EncodeToString
		return encode([]byte(header)) + "." + encode([]byte(payload)) + "."
	}
	return []shape{
		{"a random string", func(n int) string { return random(n, "token") }},
		{"a UUID", func(n int) string {
			raw, _ := base64.RawURLEncoding.DecodeString(random(n, "uuid"))
			return fmt.Sprintf("%x-%x-4%x-a%x-%x", raw[:4], raw[4:6], raw[6:8], raw[8:10], raw[10:16])
		}},
		{"a JWT by an unknown key", func(n int) string {
			return unsigned(n, fmt.Sprintf(`{"alg":"RS256","typ":"at+jwt","kid":%q}`, random(n, "kid"))) + strings.Repeat(random(n, "signature"), 8)[:342]
		}},
		{"a JWT without a signature", func(n int) string { return unsigned(n, `{"alg":"none","typ":"at+jwt"}`) }},
		{"next to nothing", func(n int) string { return []string{"a", ".", "..", "null", "undefined", " ", "0", "*", "%"}[n%9] }},
	}
}

// altered are tokens that the server has issued, with one character changed.
func altered(ctx context.Context, p *conformance.Probe) (shapes []shape, err error) {
	for _, form := range p.Introspected(p.Forms()) {
		_, token, err := p.Token(ctx, form)
		if err != nil {
			return nil, err
		}
		shapes = append(shapes, shape{"a token with another character", func(n int) string { return alter(token, n) }})
	}
	return shapes, nil
}

// alter changes a character in the middle of a part of the token. The last one of a part,
// whose bits may not all count, stays, and so does the signature of a JWT, which
// rfc7662/4/signature-validated is about.
func alter(token string, n int) string {
	text := token
	if _, err := forge.Read(token, forge.Header); err == nil {
		text = token[:strings.LastIndexByte(token, '.')]
	}
	var places []int
	for i := range len(text) - 1 {
		if isAlphanumeric(text[i]) && isAlphanumeric(text[i+1]) {
			places = append(places, i)
		}
	}
	if len(places) == 0 {
		return token + "x"
	}
	i := places[n*7919%len(places)]
	return token[:i] + string(next(text[i])) + token[i+1:]
}

// next is another character that is a hexadecimal digit where the first one is.
func next(c byte) byte {
	switch c {
	case '9':
		return '0'
	case 'f':
		return 'a'
	case 'F':
		return 'A'
	case 'z', 'Z':
		return c - 1
	}
	return c + 1
}

func isAlphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
