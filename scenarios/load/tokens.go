package load

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/oauthmark/oauthmark/targets"
)

// Token is an access token and what is true of it.
type Token struct {
	Value   string // a secret
	Client  targets.Client
	Scope   string
	Expires time.Time // zero when the server didn't say
}

// issuers is how many token requests are under way at once: preparing tokens is
// not what is measured, and must not starve the machine before the step.
const issuers = 4

// Obtain gets n tokens of the form from the target by client_credentials (RFC 6749,
// section 4.4), taking turns between the given clients. Every token must be of the
// form: a target that answers an opaque token where ES256 was asked for would have
// its opaque tokens reported as ES256.
func Obtain(ctx context.Context, inst *targets.Instance, clients []targets.Client, form string, n int) ([]Token, error) {
	if len(clients) == 0 {
		return nil, fmt.Errorf("obtain tokens: target %s has no client for %s tokens", inst.Target.Name, form)
	}
	client := &http.Client{Timeout: 30 * time.Second, CheckRedirect: noRedirect,
		Transport: &http.Transport{MaxIdleConnsPerHost: issuers}}
	defer client.CloseIdleConnections()
	tokens := make([]Token, n)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(issuers)
	for i := range tokens {
		group.Go(func() error {
			t, err := request(ctx, client, inst.Endpoints[targets.TokenEndpoint], clients[i%len(clients)])
			if err == nil {
				err = ofForm(t.Value, form)
			}
			tokens[i] = t
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("obtain %s tokens from %s: %w", form, inst.Target.Name, err)
	}
	return tokens, nil
}

// distinct refuses tokens of which some are the same. A server may hand out the same one
// until it expires, and a cache before it would then hit far more often than with as many
// tokens as were asked for.
func distinct(tokens []Token) error {
	values := map[string]bool{}
	for _, t := range tokens {
		values[t.Value] = true
	}
	if len(values) < len(tokens) {
		return fmt.Errorf("%d tokens were asked for and %d distinct ones came, so that the server hands out the same one again: have it issue a new one to each request", len(tokens), len(values))
	}
	return nil
}

// request asks for one token.
func request(ctx context.Context, client *http.Client, endpoint string, c targets.Client) (Token, error) {
	req, err := c.TokenRequest(ctx, endpoint)
	if err != nil {
		return Token{}, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return Token{}, unanswered(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return Token{}, err
	}
	var answer struct {
		AccessToken string      `json:"access_token"`
		Scope       *string     `json:"scope"`
		ExpiresIn   json.Number `json:"expires_in"`
		Error       string      `json:"error"`
	}
	err = json.Unmarshal(body, &answer)
	switch {
	case resp.StatusCode != http.StatusOK:
		return Token{}, fmt.Errorf("client %s: the token endpoint answered %d %s", c.ID, resp.StatusCode, targets.Word(answer.Error, http.StatusText(resp.StatusCode)))
	case err != nil:
		return Token{}, fmt.Errorf("client %s: the token response is not the JSON that RFC 6749, section 5.1, asks for", c.ID)
	case answer.AccessToken == "":
		return Token{}, fmt.Errorf("client %s: the token response has no access_token", c.ID)
	}
	t := Token{Value: answer.AccessToken, Client: c, Scope: strings.Join(c.Scopes, " ")}
	if answer.Scope != nil {
		t.Scope = *answer.Scope
	}
	if s, err := answer.ExpiresIn.Int64(); err == nil {
		t.Expires = time.Now().Add(time.Duration(min(s, math.MaxInt32)) * time.Second) // beyond, it would overflow
	}
	return t, nil
}

// ofForm reports whether a token has the form that was asked for, without telling
// what the token is.
func ofForm(token, form string) error {
	if got, _ := targets.FormOf(token); got != form {
		return fmt.Errorf("a token came as %s where %s was asked for", targets.Word(got, "another form"), form)
	}
	return nil
}
