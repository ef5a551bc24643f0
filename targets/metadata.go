package targets

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// metadata is what a server tells of itself (RFC 8414, section 2); nil where it tells
// nothing.
type metadata map[string]any

// errNoMetadata is the error of a server that has no metadata of its issuer.
var errNoMetadata = errors.New("no metadata")

// places are where metadata of an issuer are looked for.
//
// RFC 8414, section 3.1: the well-known part comes between host and path. OpenID Connect
// Discovery 1.0, section 4: it comes after the path. RFC 8414, section 5, tells of
// servers that put the name of the second into the place of the first.
func places(issuer *url.URL) []string {
	host, path := issuer.Scheme+"://"+issuer.Host, strings.TrimSuffix(issuer.EscapedPath(), "/")
	return slices.Compact([]string{
		host + "/.well-known/oauth-authorization-server" + path,
		host + path + "/.well-known/openid-configuration",
		host + "/.well-known/openid-configuration" + path,
	})
}

// findMetadata asks the places in turn, or the one that is declared, until one has the
// metadata of the issuer. Its error wraps errNoMetadata where each has something else,
// [ErrNoAnswer] where one may have them at another time.
func (i *Instance) findMetadata(ctx context.Context, client *http.Client) (metadata, string, error) {
	at := i.base
	if isPath(i.Target.Issuer) {
		at = i.Issuer
	}
	u, err := url.Parse(at)
	if err != nil {
		return nil, "", fmt.Errorf("metadata of %s: %w", i.Issuer, err)
	}
	asked := places(u)
	if declared := i.Endpoints[MetadataEndpoint]; declared != "" {
		asked = []string{declared}
	}
	var missed []string
	var silent error
	for _, place := range asked {
		m, err := getMetadata(ctx, client, place)
		if err == nil {
			err = i.isOurs(m)
		}
		switch {
		case err == nil:
			return m, place, nil
		case ctx.Err() != nil, errors.Is(err, errNotTrusted):
			return nil, "", err
		case errors.Is(err, ErrNoAnswer) && silent == nil:
			silent = err
		}
		missed = append(missed, fmt.Sprintf("%s: %v", place, err))
	}
	if silent != nil {
		return nil, "", fmt.Errorf("no metadata of %s: %w", i.Issuer, silent)
	}
	return nil, "", fmt.Errorf("%w of %s: %s", errNoMetadata, i.Issuer, strings.Join(missed, "; "))
}

// isOurs accepts metadata of the issuer, and completes its identifier with a slash at the
// end that a person left out.
//
// RFC 8414, section 3.3: the issuer must be identical to the one that was asked, or the
// metadata must not be used.
func (i *Instance) isOurs(m metadata) error {
	issuer, ok := m["issuer"].(string)
	switch {
	case !ok:
		return errors.New("it has no issuer")
	case strings.TrimSuffix(issuer, "/") != strings.TrimSuffix(i.Issuer, "/"):
		return fmt.Errorf("it is of issuer %q: give that URL if it is the one you mean", issuer)
	}
	i.Issuer = issuer
	return nil
}

// getMetadata reads a document. Its errors are about what the place has, without the place.
func getMetadata(ctx context.Context, client *http.Client, place string) (metadata, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, place, nil)
	if err != nil {
		return nil, errors.New("that isn't a URL")
	}
	resp, body, err := exchange(client, req)
	if err != nil {
		return nil, err
	}
	switch {
	case away(resp.StatusCode):
		return nil, fmt.Errorf("%w but with %d", ErrNoAnswer, resp.StatusCode)
	case resp.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("it answers %d", resp.StatusCode)
	}
	var m metadata
	if json.Unmarshal(body, &m) != nil || m == nil {
		return nil, errors.New("it has no JSON object")
	}
	return m, nil
}

// use takes the endpoints that aren't declared from metadata.
func (m metadata) use(i *Instance, place string) error {
	declared := i.Endpoints
	i.Endpoints = Endpoints{MetadataEndpoint: place}
	for _, row := range endpoints {
		told, _ := m[row.member].(string)
		if told == "" || row.member == "" || declared[row.name] != "" {
			continue
		}
		if err := i.trust(row.name, row.secret, told, declared); err != nil {
			return fmt.Errorf("metadata at %s: %w", place, err)
		}
		i.Endpoints[row.name] = told
	}
	maps.Copy(i.Endpoints, declared)
	if i.Endpoints[TokenEndpoint] == "" {
		return fmt.Errorf("metadata at %s has no token_endpoint: %s", place, i.describe(nil))
	}
	return nil
}

// list is a member that is an array of strings; there is false without it.
func (m metadata) list(name string) (list []string, there bool) {
	values, there := m[name].([]any)
	for _, v := range values {
		if s, ok := v.(string); ok {
			list = append(list, s)
		}
	}
	return list, there
}

// inBody says whether a client has to authenticate by client_secret_post at an endpoint,
// by the metadata's list of methods for it.
func (m metadata) inBody(endpoint Endpoint) bool {
	methods, told := m.list(string(endpoint) + "_endpoint_auth_methods_supported")
	return told && !slices.Contains(methods, "client_secret_basic") && slices.Contains(methods, "client_secret_post")
}
