package targets

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
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
	if declared := i.Endpoints[MetadataEndpoint]; declared != "" {
		places = []string{declared}
	}
	var last error
	for _, place := range places {
		var m map[string]any
		if last = getJSON(ctx, client, place, &m); last != nil {
			continue
		}
		// RFC 8414, section 3.3: the issuer must be identical to the one that was
		// asked, or the metadata must not be used.
		if issuer, _ := m["issuer"].(string); issuer != i.Issuer {
			if strings.TrimSuffix(issuer, "/") != strings.TrimSuffix(i.Issuer, "/") {
				return fmt.Errorf("metadata at %s is of issuer %q, not of %q: give that URL instead", place, issuer, i.Issuer)
			}
			i.Issuer = issuer // a trailing slash that a person left out
		}
		declared := i.Endpoints
		i.Endpoints = Endpoints{MetadataEndpoint: place}
		for _, row := range endpoints {
			if told, _ := m[row.member].(string); told != "" && row.member != "" {
				i.Endpoints[row.name] = told
			}
		}
		maps.Copy(i.Endpoints, declared)
		if i.Endpoints[TokenEndpoint] == "" {
			return fmt.Errorf("metadata at %s has no token_endpoint", place)
		}
		// Secrets and tokens go to these, wherever the metadata says that they are.
		for _, row := range endpoints {
			endpoint := i.Endpoints[row.name]
			if e, err := url.Parse(endpoint); err != nil || endpoint != "" && e.Scheme != "https" && !loopbackHost(e.Hostname()) {
				return fmt.Errorf("metadata at %s names the %s endpoint %q, which is neither https nor on this machine", place, row.name, endpoint)
			}
		}
		return nil
	}
	if i.Endpoints[TokenEndpoint] != "" {
		delete(i.Endpoints, MetadataEndpoint) // declared by the file; there is no metadata
		return nil
	}
	return fmt.Errorf("no metadata of %s: %w", i.Issuer, last)
}

// learnForm gets a token for the client and notes its form and, where nobody gave
// them, the scopes and the resource that it is for.
func (i *Instance) learnForm(ctx context.Context, client *http.Client, c *Client) ([]Capability, error) {
	req, err := c.TokenRequest(ctx, i.Endpoints[TokenEndpoint])
	if err != nil {
		return nil, fmt.Errorf("get a token: %w", err)
	}
	var answer struct {
		Token string `json:"access_token"`
		Scope string `json:"scope"`
	}
	if err := doJSON(client, req, &answer); err != nil {
		return nil, fmt.Errorf("get a token: %w", err)
	}
	if answer.Token == "" {
		return nil, fmt.Errorf("get a token: %s answered without access_token", i.Endpoints[TokenEndpoint])
	}
	form, audience := FormOf(answer.Token)
	if !slices.Contains(forms, form) {
		return nil, fmt.Errorf("%s signs with %s, and the reference verifier judges %s only",
			i.Issuer, Word(form, "an algorithm without a registered name"), strings.Join(forms, ", "))
	}
	c.Form = form
	if len(c.Scopes) == 0 {
		c.Scopes = strings.Fields(answer.Scope)
	}
	if i.Resource == "" {
		i.Resource = audience
	}
	if i.Resource == "" {
		return nil, fmt.Errorf("the token of %s doesn't tell which resource it is for: set %s", i.Issuer, envResource)
	}
	caps := append(i.Endpoints.capabilities(), Issues(form))
	if slices.Contains(caps, Introspection) {
		caps = append(caps, Introspects(form))
	}
	return caps, nil
}

// FormOf tells an opaque token from a signed JWT (RFC 7519, section 3: three parts,
// the first of which is a JSON object with alg), without judging it. The audience
// is the first of a JWT's.
func FormOf(token string) (form, audience string) {
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
			return fmt.Errorf("%s answered %d %s", req.URL, resp.StatusCode, Word(refusal.Error, "with an error code that is not registered"))
		}
		return fmt.Errorf("%s answered %d", req.URL, resp.StatusCode)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fmt.Errorf("%s didn't answer with JSON", req.URL)
	}
	return nil
}
