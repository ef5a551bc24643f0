package verifier

import (
	"context"
	"errors"
	"fmt"

	"github.com/oauthmark/oauthmark/reference/claims"
)

// localStatus verifies a JWT, and looks up its bits in the Token Status List that it names
// (draft-ietf-oauth-status-list).
type localStatus struct {
	local *local
	lists *statusLists
}

func newLocalStatus(p *parts) (Strategy, error) {
	lists, err := newStatusLists(p)
	if err != nil {
		return nil, err
	}
	return &localStatus{p.local(), lists}, nil
}

func (s *localStatus) StalenessBound() string {
	return fmt.Sprintf("the list's ttl, counted from when it was asked for: %s for a list without one, and %s at most", defaultStatusTTL, maxStatusTTL)
}

func (s *localStatus) Outage() string {
	return "tokens of the lists that are known, until each list's ttl or exp is over"
}

// Judge follows draft-ietf-oauth-status-list, section 8.3: the token is validated first,
// so that no list is fetched for a bad one. A token without a place in a list is refused,
// since it couldn't be revoked.
func (s *localStatus) Judge(ctx context.Context, token string) (claims.Claims, error) {
	said, err := s.local.unexpired(ctx, token)
	if err != nil {
		return claims.Claims{}, err
	}
	if said.Status == nil {
		return claims.Claims{}, claims.Refuse(claims.ReasonStatus)
	}
	from, ok := s.lists.allowed(said.Status.URI)
	if !ok {
		return claims.Claims{}, claims.Refuse(claims.ReasonStatus)
	}
	list, err := s.lists.find(ctx, said.Status.URI, from)
	if err != nil {
		return claims.Claims{}, err
	}
	if err := checkStatus(list, said.Status.Index); err != nil {
		return claims.Claims{}, err
	}
	return said, nil
}

// Section 7.1: 0 is VALID, 1 INVALID and 2 SUSPENDED; the meaning of others is private.
// Section 8.3: a token without a place in the list is rejected.
func checkStatus(list *statusList, index int64) error {
	status, err := list.status(index)
	switch {
	case errors.Is(err, errStatusIndex):
		return claims.Refuse(claims.ReasonStatus)
	case err != nil:
		return err
	case status == 0:
		return nil
	case status == 1:
		return claims.Refuse(claims.ReasonRevoked)
	}
	return claims.Refuse(claims.ReasonStatus)
}
