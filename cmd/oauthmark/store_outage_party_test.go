//go:build unix

package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// party is a client of an issuer, which also introspects.
type party struct{ url string }

type tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
}

type about struct {
	Active bool   `json:"active"`
	ID     string `json:"jti"`
	Status string `json:"status"`
}

// call is a request by the client, or with a bearer token.
type call struct {
	name, url, bearer string
	form              url.Values // of a POST; a GET when nil
	answer            any        // to be read into
}

// send returns the status of the answer, 0 when there is none.
func (c call) send(t testing.TB) int {
	method, body := http.MethodGet, ""
	if c.form != nil {
		method, body = http.MethodPost, c.form.Encode()
	}
	r, err := http.NewRequestWithContext(t.Context(), method, c.url, strings.NewReader(body))
	if err != nil {
		t.Error(err)
		return 0
	}
	if c.form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.SetBasicAuth("app", "s")
	if c.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+c.bearer)
	}
	answer, err := http.DefaultTransport.RoundTrip(r) // which follows no redirect
	if err != nil {
		t.Error(err)
		return 0
	}
	defer answer.Body.Close()
	if to, ok := c.answer.(*string); ok {
		*to = answer.Header.Get("Location")
		return answer.StatusCode
	}
	b, err := io.ReadAll(answer.Body)
	if err == nil && c.answer != nil && answer.StatusCode == http.StatusOK {
		err = json.Unmarshal(b, c.answer)
	}
	if err != nil {
		t.Errorf("%s: %v", c.name, err)
	}
	return answer.StatusCode
}

func (p *party) grant(t testing.TB, form url.Values) (int, tokens) {
	if form.Get("grant_type") == "password" {
		form.Set("username", "alice")
		form.Set("password", "pw")
	}
	var answer tokens
	status := call{name: "token", url: p.url + "/token", form: form, answer: &answer}.send(t)
	return status, answer
}

func (p *party) token(t *testing.T, grant string) tokens {
	t.Helper()
	status, answer := p.grant(t, url.Values{"grant_type": {grant}})
	if status != http.StatusOK || answer.Access == "" {
		t.Fatalf("%s: status %d", grant, status)
	}
	return answer
}

func (p *party) introspect(t testing.TB, tok string) (int, about) {
	var answer about
	status := call{name: "introspect", url: p.url + "/introspect", form: url.Values{"token": {tok}}, answer: &answer}.send(t)
	return status, answer
}

func (p *party) revoke(t testing.TB, tok string) int {
	return call{name: "revoke", url: p.url + "/revoke", form: url.Values{"token": {tok}}}.send(t)
}

func (p *party) status(t testing.TB, jti string) string {
	var answer about
	call{name: "status", url: p.url + "/status", form: url.Values{"jti": {jti}}, answer: &answer}.send(t)
	return answer.Status
}

func (p *party) get(t testing.TB, path string) int {
	return call{name: path, url: p.url + path}.send(t)
}

// authorize returns the error that the authorization endpoint sends the user with.
func (p *party) authorize(t testing.TB) string {
	var location string
	call{name: "authorize", answer: &location, url: p.url + "/authorize?" + url.Values{
		"response_type": {"code"}, "client_id": {"app"}, "redirect_uri": {"https://app.example/cb"}, "login_hint": {"alice"},
		"code_challenge": {strings.Repeat("c", 43)}, "code_challenge_method": {"S256"},
	}.Encode()}.send(t)
	to, err := url.Parse(location)
	if err != nil {
		t.Error(err)
		return ""
	}
	return to.Query().Get("error")
}

// everything is a request to each endpoint that needs the store.
func (p *party) everything(tok string) []call {
	never := strings.Repeat("A", 43) // what a token looks like
	return []call{
		{name: "token, client_credentials", url: p.url + "/token", form: url.Values{"grant_type": {"client_credentials"}}},
		{name: "token, password", url: p.url + "/token", form: url.Values{"grant_type": {"password"}, "username": {"alice"}, "password": {"pw"}}},
		{name: "token, refresh_token", url: p.url + "/token", form: url.Values{"grant_type": {"refresh_token"}, "refresh_token": {never}}},
		{name: "token, authorization_code", url: p.url + "/token", form: url.Values{"grant_type": {"authorization_code"}, "code": {never},
			"redirect_uri": {"https://app.example/cb"}, "code_verifier": {never}}},
		{name: "introspect", url: p.url + "/introspect", form: url.Values{"token": {tok}}},
		{name: "introspect, unknown", url: p.url + "/introspect", form: url.Values{"token": {never}}},
		{name: "revoke", url: p.url + "/revoke", form: url.Values{"token": {tok}}},
		{name: "revoke, unknown", url: p.url + "/revoke", form: url.Values{"token": {never}}},
		{name: "status", url: p.url + "/status", form: url.Values{"jti": {never[:22]}}},
		{name: "userinfo", url: p.url + "/userinfo", bearer: tok},
		{name: "denylist", url: p.url + "/denylist"},
		{name: "events", url: p.url + "/events"},
	}
}
