package verifier

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/exactjson"
	"github.com/oauthmark/oauthmark/reference/jwt"
)

// phantom has the issuer exchange an opaque token for a JWT, as a gateway does for its
// APIs. It verifies the JWT, and remembers it by the token's hash.
type phantom struct {
	*exchanged
	verifier *jwt.Verifier
}

func newPhantom(p *parts) (Strategy, error) {
	e, v, err := newExchanged(p)
	if err != nil {
		return nil, err
	}
	s := &phantom{e, v}
	e.open, e.accept = s.open, mediaJWT+", application/"+typeIntrospection+";q=0.5"
	return s, nil
}

// open judges what the issuer gave for a token: the JWT behind it, or a signed
// introspection answer (RFC 9701).
func (s *phantom) open(ctx context.Context, _ string, x exchange) (claims.Claims, error) {
	if x.media == mediaJWT {
		return s.verifier.Verify(ctx, x.text, s.now())
	}
	payload, err := jwt.CheckStatement(ctx, x.text, typeIntrospection, s.keys)
	if err != nil {
		// A statement that isn't the issuer's says nothing of the token.
		if invalid := (*InvalidToken)(nil); errors.As(err, &invalid) {
			err = &Unavailable{Operation: operationExchange, Err: fmt.Errorf("check introspection answer: %w", notAboutToken(err))}
		}
		return claims.Claims{}, err
	}
	now := s.now()
	a, err := parseStatement(payload, s.expect, s.clientID, now)
	if err != nil {
		return claims.Claims{}, &Unavailable{Operation: operationExchange, Err: err}
	}
	return a.judge(s.expect, now)
}

// parseStatement reads the payload of a signed introspection answer.
//
// RFC 9701, section 5: iss is the issuer, aud the resource server that asked and not the
// token's aud, iat the time of the answer, and token_introspection the answer of RFC 7662.
func parseStatement(payload []byte, expect claims.Expectation, us string, now time.Time) (answer, error) {
	var p struct {
		Issuer   string          `json:"iss"`
		Audience audience        `json:"aud"`
		IssuedAt *float64        `json:"iat"`
		Answer   exactjson.Value `json:"token_introspection"`
	}
	if exactjson.Unmarshal(payload, &p) != nil || p.Answer.Kind() != '{' {
		return answer{}, errors.New("the introspection answer is malformed")
	}
	switch {
	case p.Issuer != expect.Issuer:
		return answer{}, errors.New("the introspection answer is of another issuer")
	case !slices.Contains(p.Audience, us):
		return answer{}, errors.New("the introspection answer is for somebody else")
	case p.IssuedAt == nil || now.Add(expect.Leeway).Before(numericDate(*p.IssuedAt)):
		return answer{}, errors.New("the introspection answer has no iat, or one in the future")
	}
	return decodeAnswer(p.Answer, expect.Accept)
}

// audience is a string, or an array of them (RFC 7519, section 4.1.3).
type audience []string

// UnmarshalJSON implements [json.Unmarshaler].
func (a *audience) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '[' {
		return exactjson.Unmarshal(data, (*[]string)(a))
	}
	*a = make([]string, 1)
	return exactjson.Unmarshal(data, &(*a)[0])
}
