package targets

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const answerLimit = 1 << 20 // bytes of an answer that are read

// readMetadata fills in the endpoints that aren't declared.
//
// RFC 8414, section 3.1: the well-known part comes between host and path.
// OpenID Connect Discovery 1.0, section 4: it comes after the path.
func (i *Instance) readMetadata(ctx context.Context, client *http.Client) error {
	u, err := url.Parse(i.Issuer)
	if err != nil {
		return fmt.Errorf("metadata of %s: %w", i.Issuer, err)
	}
	path := strings.TrimSuffix(u.Path, "/")
	places := []string{
		u.Scheme + "://" + u.Host + "/.well-known/oauth-authorization-server" + path,
		u.Scheme + "://" + u.Host + path + "/.well-known/openid-configuration",
	}
	if i.Endpoints.Metadata != "" {
		places = []string{i.Endpoints.Metadata}
	}
	var last error
	for _, place := range places {
		var m struct {
			Issuer        string `json:"issuer"`
			Token         string `json:"token_endpoint"`
			Introspection string `json:"introspection_endpoint"`
			JWKS          string `json:"jwks_uri"`
		}
		if last = getJSON(ctx, client, place, &m); last != nil {
			continue
		}
		// RFC 8414, section 3.3: the issuer must be identical to the one that was
		// asked, or the metadata must not be used.
		if m.Issuer != i.Issuer {
			if strings.TrimSuffix(m.Issuer, "/") != strings.TrimSuffix(i.Issuer, "/") {
				return fmt.Errorf("metadata at %s is of issuer %q, not of %q: give that URL instead", place, m.Issuer, i.Issuer)
			}
			i.Issuer = m.Issuer // a trailing slash that a person left out
		}
		declared := i.Endpoints
		i.Endpoints = Endpoints{Token: m.Token, Introspection: m.Introspection, JWKS: m.JWKS, Metadata: place}
		replace(&i.Endpoints.Token, declared.Token)
		replace(&i.Endpoints.Introspection, declared.Introspection)
		replace(&i.Endpoints.JWKS, declared.JWKS)
		if i.Endpoints.Token == "" {
			return fmt.Errorf("metadata at %s has no token_endpoint", place)
		}
		// The secret goes to these two, wherever the metadata says that they are.
		for _, endpoint := range []string{i.Endpoints.Token, i.Endpoints.Introspection} {
			if e, err := url.Parse(endpoint); err != nil || endpoint != "" && e.Scheme != "https" && !loopbackHost(e.Hostname()) {
				return fmt.Errorf("metadata at %s names the endpoint %q, which is neither https nor on this machine", place, endpoint)
			}
		}
		return nil
	}
	if i.Endpoints.Token != "" {
		i.Endpoints.Metadata = "" // declared by the file; there is no metadata
		return nil
	}
	return fmt.Errorf("no metadata of %s: %w", i.Issuer, last)
}

func replace(to *string, by string) {
	if by != "" {
		*to = by
	}
}

// learnForm gets a token for the client and notes its form and, where nobody gave
// them, the scopes and the resource that it is for.
func (i *Instance) learnForm(ctx context.Context, client *http.Client, c *Client) ([]Capability, error) {
	form := url.Values{"grant_type": {"client_credentials"}}
	if len(c.Scopes) > 0 {
		form.Set("scope", strings.Join(c.Scopes, " "))
	}
	if c.Resource != "" {
		form.Set("resource", c.Resource)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, i.Endpoints.Token, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("get a token: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	// RFC 6749, section 2.3.1: both are form-encoded before they go into Basic.
	req.SetBasicAuth(url.QueryEscape(c.ID), url.QueryEscape(c.Secret.Reveal()))
	var answer struct {
		Token string `json:"access_token"`
		Scope string `json:"scope"`
	}
	if err := doJSON(client, req, &answer); err != nil {
		return nil, fmt.Errorf("get a token: %w", err)
	}
	if answer.Token == "" {
		return nil, fmt.Errorf("get a token: %s answered without access_token", i.Endpoints.Token)
	}
	alg, audience := formOf(answer.Token)
	if !slices.Contains(forms, alg) {
		if !joseName.MatchString(alg) {
			alg = "an algorithm without a registered name"
		}
		return nil, fmt.Errorf("%s signs with %s, and the reference verifier judges %s only", i.Issuer, alg, strings.Join(forms, ", "))
	}
	c.Form = alg
	if len(c.Scopes) == 0 {
		c.Scopes = strings.Fields(answer.Scope)
	}
	if i.Resource == "" {
		i.Resource = audience
	}
	if i.Resource == "" {
		return nil, fmt.Errorf("the token of %s doesn't tell which resource it is for: set %s", i.Issuer, envResource)
	}
	caps := []Capability{ClientCredentials, Issues(alg)}
	if i.Endpoints.Introspection != "" {
		caps = append(caps, Introspection, Introspects(alg))
	}
	if i.Endpoints.JWKS != "" {
		caps = append(caps, JWKS)
	}
	if i.Endpoints.Metadata != "" {
		caps = append(caps, Metadata)
	}
	return caps, nil
}

// formOf tells an opaque token from a signed JWT (RFC 7519, section 3: three parts,
// the first of which is a JSON object with alg), without judging it. The audience
// is the first of a JWT's.
func formOf(token string) (form, audience string) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return Opaque, ""
	}
	var header struct {
		Alg string `json:"alg"`
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil || json.Unmarshal(raw, &header) != nil || header.Alg == "" {
		return Opaque, ""
	}
	var claims struct {
		Aud json.RawMessage `json:"aud"`
	}
	if raw, err = base64.RawURLEncoding.DecodeString(parts[1]); err == nil && json.Unmarshal(raw, &claims) == nil {
		var list []string
		if json.Unmarshal(claims.Aud, &audience) != nil && json.Unmarshal(claims.Aud, &list) == nil && len(list) > 0 {
			audience = list[0]
		}
	}
	return header.Alg, audience
}

func getJSON(ctx context.Context, client *http.Client, place string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, place, nil)
	if err != nil {
		return err
	}
	return doJSON(client, req, into)
}

// registered returns the error code when it is one that a specification registers
// (RFC 6749, section 5.2, and RFC 8707, section 2): a server may echo anything.
func registered(code string) string {
	switch code {
	case "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client",
		"unsupported_grant_type", "invalid_scope", "invalid_target", "server_error", "temporarily_unavailable":
		return code
	}
	return "with an error code that is not registered"
}

// joseName matches the names of signature algorithms (RFC 7518, section 3.1, and
// its successors): a server may write anything there.
var joseName = regexp.MustCompile(`^((HS|RS|PS|ES)(256|384|512)|ES256K|EdDSA|Ed25519|Ed448|ML-DSA-(44|65|87)|none)$`)

// doJSON reads a 200 answer. Its errors hold the status and the registered error
// code (RFC 6749, section 5.2), nothing else of what the server said.
func doJSON(client *http.Client, req *http.Request, into any) error {
	req.Header.Set("Accept", "application/json")
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerLimit))
	if err != nil {
		return fmt.Errorf("read the answer of %s: %w", req.URL, err)
	}
	if resp.StatusCode != http.StatusOK {
		var refusal struct {
			Error string `json:"error"`
		}
		if json.Unmarshal(body, &refusal) == nil && refusal.Error != "" {
			return fmt.Errorf("%s answered %d %s", req.URL, resp.StatusCode, registered(refusal.Error))
		}
		return fmt.Errorf("%s answered %d", req.URL, resp.StatusCode)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("%s didn't answer with JSON", req.URL)
	}
	return nil
}
