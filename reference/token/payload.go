package token

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// payload is what a self-contained token of any profile may say.
type payload struct {
	Issuer       string         `json:"iss"`
	Audience     audience       `json:"aud"`
	Subject      string         `json:"sub"`
	ClientID     string         `json:"client_id"`
	Party        string         `json:"azp"`
	Scope        string         `json:"scope"`
	Scopes       []string       `json:"scopes"`
	IssuedAt     int64          `json:"iat"`
	Expires      int64          `json:"exp"`
	ID           string         `json:"jti"`
	Username     string         `json:"username"`
	Confirmation *Confirmation  `json:"cnf"`
	UserClaims   map[string]any `json:"userinfo"`
}

// audience is a string, or an array of one.
type audience string

func (a *audience) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, (*string)(a))
	}
	var all []string
	if err := json.Unmarshal(b, &all); err != nil || len(all) != 1 {
		return errors.New("aud: neither a string nor an array of one")
	}
	*a = audience(all[0])
	return nil
}

// parsePayload reads what a profile wrote. What the profile left out stays empty.
func (c *Claims) parsePayload(b []byte) error {
	// Most tokens are plain ones of the default profile: written again, such a one is
	// the same.
	if json.Unmarshal(b, c) == nil {
		c.More = nil
		if bytes.Equal(b, c.appendPayload(make([]byte, 0, len(b)))) {
			return nil
		}
	}
	var p payload
	if err := json.Unmarshal(b, &p); err != nil {
		return fmt.Errorf("parse payload: %w", err)
	}
	*c = Claims{
		Issuer: p.Issuer, Audience: string(p.Audience), Subject: p.Subject, ClientID: p.ClientID, Scope: p.Scope,
		IssuedAt: p.IssuedAt, Expires: p.Expires, ID: p.ID,
	}
	if c.ClientID == "" {
		c.ClientID = p.Party
	}
	if p.Scopes != nil {
		c.Scope = strings.Join(p.Scopes, " ")
	}
	more := More{Username: p.Username, Confirmation: p.Confirmation, UserClaims: slices.Sorted(maps.Keys(p.UserClaims))}
	more.ShowUserClaims = more.UserClaims != nil
	var err error
	if more.Custom, err = unreserved(b); err != nil {
		return fmt.Errorf("parse payload: %w", err)
	}
	if more.Username != "" || more.Confirmation != nil || more.UserClaims != nil || more.Custom != nil {
		c.More = &more
	}
	return nil
}

// unreserved returns the custom claims among the members, or nothing.
func unreserved(b []byte) (json.RawMessage, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(b, &members); err != nil {
		return nil, err
	}
	for name := range members {
		if Reserved(name) {
			delete(members, name)
		}
	}
	if len(members) == 0 {
		return nil, nil
	}
	return json.Marshal(members) // in the order of their names
}
