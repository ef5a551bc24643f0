package verifier

import (
	"context"
	"errors"
	"net/url"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/exactjson"
)

// localOnlineStatus verifies a JWT, and asks the issuer on each request about the status
// of its identifier, as OCSP (RFC 6960) does for certificates. It doesn't send the token.
type localOnlineStatus struct {
	local  *local
	status *statusAsker
}

func newLocalOnlineStatus(p *parts) (Strategy, error) {
	if p.config.StatusURI == "" {
		return nil, nil
	}
	return &localOnlineStatus{p.local(), newStatusAsker(p)}, nil
}

func (s *localOnlineStatus) StalenessBound() string {
	return "none: the issuer is asked for the token's status on every request"
}

func (s *localOnlineStatus) Outage() string { return "nothing" }

func (s *localOnlineStatus) Judge(ctx context.Context, token string) (claims.Claims, error) {
	said, err := s.local.unexpired(ctx, token)
	if err != nil {
		return claims.Claims{}, err
	}
	if err := s.status.check(ctx, said.ID); err != nil {
		return claims.Claims{}, err
	}
	return said, nil
}

// statusAsker asks for the status of one token.
type statusAsker struct {
	upstream upstreamCaller
	uri      string
	asked    *Count
}

func newStatusAsker(p *parts) *statusAsker {
	return &statusAsker{p.upstream, p.config.StatusURI, &p.count.StatusQuestions}
}

// check returns nil for a good token. A token is refused as well when the issuer doesn't
// know its identifier, since it couldn't revoke it.
func (a *statusAsker) check(ctx context.Context, jti string) error {
	status, err := a.ask(ctx, jti)
	switch {
	case err != nil:
		return unavailable(ctx, "ask for token status", err)
	case status == "good":
		return nil
	case status == "revoked":
		return claims.Refuse(claims.ReasonRevoked)
	}
	return claims.Refuse(claims.ReasonStatus)
}

func (a *statusAsker) ask(ctx context.Context, jti string) (string, error) {
	r, err := a.upstream.post(ctx, a.uri, mediaJSON, url.Values{"jti": {jti}}, a.asked)
	if err == nil {
		err = r.is(mediaJSON)
	}
	if err != nil {
		return "", err
	}
	var answer struct {
		JTI    string `json:"jti"`
		Status string `json:"status"`
	}
	// An answer about another token says nothing of this one.
	if exactjson.Unmarshal(r.body, &answer) != nil || answer.JTI != jti {
		return "", errors.New("the issuer's answer is malformed, or about another token")
	}
	switch answer.Status {
	case "good", "revoked", "unknown":
		return answer.Status, nil
	}
	return "", errors.New("the issuer's answer has none of the statuses that there are")
}
