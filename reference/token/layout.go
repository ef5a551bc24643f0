package token

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// layout is the members of an object, in their order. One that has nothing to say
// about a token is left out.
type layout []member

type member uint8

const (
	active        member = iota
	aud                  // the resource
	audAsked             // the resource where there is one
	audClient            // the client
	aut                  // what kind of user authorized the token
	azp                  // the client
	clientID             //
	cnf                  // what the sender has to prove (RFC 7800, section 3.1)
	custom               // the custom claims that are for all to see
	exp                  //
	hidden               // the custom claims that are for the introspector
	iat                  //
	iss                  //
	jti                  //
	nbf                  // the same as iat
	owner                // username: who registered the application
	scope                //
	sub                  //
	tokenType            //
	tokenTypeJWT         // JWT, where a bearer may use the token
	userOrSubject        // username: the subject where no name is known
	userinfo             // which claims of the user were asked for
	username             // where one is known
)

// Asker is what an introspection answer depends on beside the token.
type Asker struct {
	Refresh       bool   // the token is a refresh token
	SelfContained bool   // the token is self-contained, which its claims don't tell
	Hidden        bool   // whoever asks may see hidden claims
	Owner         string // of the application, to be told as its username; or nothing
}

// AppendPayload appends the payload of a self-contained token. It never has a
// hidden claim in it.
func (p *Profile) AppendPayload(b []byte, c *Claims) []byte {
	l := p.user
	if c.Application() {
		l = p.application
	}
	b = append(b, '{')
	for _, m := range l {
		switch {
		case m == scope && p.scopes:
			b = p.appendScopes(b, c)
		default:
			b = p.append(b, m, c, Asker{})
		}
	}
	return append(b, '}')
}

// AppendAnswer appends the introspection answer about an active token (RFC 7662,
// section 2.2).
func (p *Profile) AppendAnswer(b []byte, c *Claims, a Asker) []byte {
	user, application := p.answer, p.applicationAnswer
	if a.SelfContained && p.selfContainedAnswer != nil {
		user, application = p.selfContainedAnswer, p.selfContainedApplicationAnswer
	}
	l := user
	switch {
	case a.Refresh:
		l = p.refresh
	case c.Application():
		l = application
	}
	b = append(b, '{')
	for _, m := range l {
		b = p.append(b, m, c, a)
	}
	return append(b, '}')
}

// append appends one member, or nothing.
func (p *Profile) append(b []byte, m member, c *Claims, a Asker) []byte {
	switch m {
	case active:
		return append(next(b), `"active":true`...)
	case aud:
		return p.appendAudience(b, c.Audience)
	case audAsked:
		if c.Audience != "" {
			return p.appendAudience(b, c.Audience)
		}
	case audClient:
		return p.appendAudience(b, c.ClientID)
	case aut:
		if c.Application() {
			return p.text(b, `"aut":`, "APPLICATION")
		}
		return p.text(b, `"aut":`, "APPLICATION_USER")
	case azp:
		return p.text(b, `"azp":`, c.ClientID)
	case clientID:
		return p.text(b, `"client_id":`, c.ClientID)
	case exp:
		return number(b, `"exp":`, c.Expires)
	case iat:
		return number(b, `"iat":`, c.IssuedAt)
	case iss:
		return p.text(b, `"iss":`, c.Issuer)
	case jti:
		return p.text(b, `"jti":`, c.ID)
	case nbf:
		return number(b, `"nbf":`, c.IssuedAt)
	case owner:
		if a.Owner != "" {
			return p.text(b, `"username":`, a.Owner)
		}
	case scope:
		return p.text(b, `"scope":`, c.Scope)
	case sub:
		return p.text(b, `"sub":`, c.Subject)
	case tokenType:
		if a.Refresh {
			return append(next(b), `"token_type":"Refresh"`...)
		}
		return p.text(b, `"token_type":`, c.TokenType())
	case tokenTypeJWT:
		// RFC 9449, section 6.2: about a token that is bound to a key, it MUST be DPoP.
		if t := c.TokenType(); t != "Bearer" {
			return p.text(b, `"token_type":`, t)
		}
		return append(next(b), `"token_type":"JWT"`...)
	case userOrSubject:
		if c.More != nil && c.More.Username != "" {
			return p.text(b, `"username":`, c.More.Username)
		}
		if !c.Application() {
			return p.text(b, `"username":`, c.Subject)
		}
	default:
		if c.More != nil {
			return p.appendMore(b, m, c.More, a)
		}
	}
	return b
}

// appendMore appends a member that only some tokens have.
func (p *Profile) appendMore(b []byte, m member, c *More, a Asker) []byte {
	switch m {
	case cnf:
		if c.Confirmation != nil {
			return c.Confirmation.append(append(next(b), `"cnf":`...))
		}
	case custom:
		return appendObject(b, c.Custom)
	case hidden:
		if a.Hidden {
			return appendObject(b, c.Hidden)
		}
	case userinfo:
		if c.ShowUserClaims && len(c.UserClaims) > 0 {
			// As the request parameter has it: OpenID Connect Core 1.0, section 5.5.
			b = append(next(b), `"userinfo":{`...)
			for _, name := range c.UserClaims {
				b = append(AppendString(next(b), name), `:null`...)
			}
			return append(b, '}')
		}
	case username:
		if c.Username != "" {
			return p.text(b, `"username":`, c.Username)
		}
	}
	return b
}

func (p *Profile) appendAudience(b []byte, value string) []byte {
	if !p.audiences {
		return p.text(b, `"aud":`, value)
	}
	return append(p.text(b, `"aud":[`, value), ']')
}

func (p *Profile) appendScopes(b []byte, c *Claims) []byte {
	b = append(next(b), `"scopes":[`...)
	for i, s := range strings.Fields(c.Scope) {
		if i > 0 {
			b = append(b, ',')
		}
		b = AppendString(b, s)
	}
	return append(b, ']')
}

// text appends a member whose value is a string.
func (p *Profile) text(b []byte, name, value string) []byte {
	b = append(next(b), name...)
	start := len(b)
	b = AppendString(b, value)
	if p.slashes && strings.Contains(value, "/") {
		b = append(b[:start], bytes.ReplaceAll(b[start:], []byte(`/`), []byte(`\/`))...)
	}
	return b
}

func number(b []byte, name string, value int64) []byte {
	return strconv.AppendInt(append(next(b), name...), value, 10)
}

// appendObject appends the members of an object.
func appendObject(b []byte, object json.RawMessage) []byte {
	if len(object) <= len(`{}`) {
		return b
	}
	return append(next(b), object[1:len(object)-1]...)
}

// next appends the comma before all members but the first.
func next(b []byte) []byte {
	if len(b) > 0 && b[len(b)-1] == '{' {
		return b
	}
	return append(b, ',')
}
