package targets

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// TokenAnswer is what can be learnt from the answer of a token endpoint. What it lacks, or
// has in another form than RFC 6749 says, is for checks to judge.
type TokenAnswer struct {
	Status int
	Token  string // a secret; empty for none
	Error  string // the error code as [Word] repeats it, or a phrase about the status
	// Scope is what the token has. RFC 6749, section 5.1: without the member, it is the
	// scope that was asked for. ScopeKnown is false where neither tells.
	Scope         string
	ScopeKnown    bool
	Lifetime      time.Duration
	LifetimeKnown bool
}

// RequestToken asks a token endpoint for what [Client.TokenForm] says. The error is that
// of an exchange without an answer.
func (c Client) RequestToken(ctx context.Context, client *http.Client, endpoint string) (TokenAnswer, error) {
	req, err := c.TokenRequest(ctx, endpoint)
	if err != nil {
		return TokenAnswer{}, err
	}
	resp, body, err := exchange(client, req)
	if err != nil {
		return TokenAnswer{}, err
	}
	var members map[string]json.RawMessage
	_ = json.Unmarshal(body, &members) // of what isn't an object, nothing is known
	a := TokenAnswer{Status: resp.StatusCode, Scope: strings.Join(c.Scopes, " "), ScopeKnown: len(c.Scopes) > 0}
	_ = json.Unmarshal(members["access_token"], &a.Token)
	var code string
	_ = json.Unmarshal(members["error"], &code)
	a.Error = Word(code, http.StatusText(resp.StatusCode))
	if list, told := texts(members["scope"]); told {
		a.Scope, a.ScopeKnown = strings.Join(list, " "), true
	}
	if seconds, err := strconv.ParseFloat(strings.Trim(string(members["expires_in"]), `"`), 64); err == nil {
		a.LifetimeKnown = true
		a.Lifetime = time.Duration(max(0, min(seconds, math.MaxInt32))) * time.Second // beyond, it would overflow
	}
	return a, nil
}

// texts reads a string, or an array of strings.
func texts(raw json.RawMessage) (list []string, ok bool) {
	if len(raw) > 0 && raw[0] == '"' {
		list = make([]string, 1)
		return list, json.Unmarshal(raw, &list[0]) == nil
	}
	return list, json.Unmarshal(raw, &list) == nil && list != nil
}

// Usable returns the error of an answer without a token. Its text holds the status and a
// registered error code, nothing else of what the server said.
func (a TokenAnswer) Usable() error {
	switch {
	case a.Token != "" && a.Status < http.StatusMultipleChoices:
		return nil
	case away(a.Status):
		return fmt.Errorf("%w but with %d %s", ErrNoAnswer, a.Status, a.Error)
	case a.Status < http.StatusMultipleChoices:
		return fmt.Errorf("it answered %d without an access_token that is a string", a.Status)
	}
	return fmt.Errorf("it answered %d %s", a.Status, a.Error)
}
