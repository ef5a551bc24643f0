package load

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/errgroup"

	tokenform "github.com/oauthmark/oauthmark/reference/token"
	"github.com/oauthmark/oauthmark/targets"
)

// Token is an access token and what is true of it.
type Token struct {
	Value  string // a secret
	Client targets.Client
	Scope  string
	// ScopeKnown says that Scope was told, or asked for without an answer that differs.
	ScopeKnown bool
	Expires    time.Time // zero when the server didn't say
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
	client := inst.HTTPClient(30*time.Second, issuers)
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
			inst.Secrets.Add(t.Value)
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
	answer, err := c.RequestToken(ctx, client, endpoint)
	if err == nil {
		err = answer.Usable()
	}
	if err != nil {
		return Token{}, fmt.Errorf("client %s: %w", c.ID, err)
	}
	t := Token{Value: answer.Token, Client: c, Scope: answer.Scope, ScopeKnown: answer.ScopeKnown}
	if answer.LifetimeKnown {
		t.Expires = time.Now().Add(answer.Lifetime)
	}
	return t, nil
}

// ofForm reports whether a token has the form that was asked for, without telling
// what the token is.
func ofForm(token, form string) error {
	if kind, known := tokenform.Form(form).Kind(); known && kind == tokenform.Opaque {
		form = targets.Opaque // as any other to whoever doesn't ask the issuer
	}
	if got := targets.FormOf(token); got != form {
		return fmt.Errorf("a token came as %s where %s was asked for", targets.Word(got, "another form"), form)
	}
	return nil
}
