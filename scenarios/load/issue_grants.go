package load

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/targets"
)

// codeLife is how long a code lives, less what its preparation may take.
const codeLife = 45 * time.Second

// once says that a request of the grant is good for one time.
func (i issuance) once() bool {
	return i.grant != clientCredentials && i.grant != string(issuer.Password)
}

// forms makes n forms of the grant, for clients that take turns: those that are good for
// one time, each from what was got for it before the step.
func (i issuance) forms(ctx context.Context, inst *targets.Instance, p party, clients []targets.Client, n int) ([]url.Values, error) {
	client := targets.NewHTTPClient(30*time.Second, issuers)
	defer client.CloseIdleConnections()
	out := make([]url.Values, n)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(issuers)
	for k := range out {
		group.Go(func() (err error) {
			out[k], err = i.formFor(ctx, client, inst, p, clients[k%len(clients)])
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("prepare requests of the grant %s: %w", i.grant, err)
	}
	return out, nil
}

// formFor makes a form of the grant for the client.
func (i issuance) formFor(ctx context.Context, client *http.Client, inst *targets.Instance, p party, c targets.Client) (url.Values, error) {
	form := c.TokenForm()
	switch i.grant {
	case string(issuer.Password):
		passwordForm(form, p)
	case string(issuer.RefreshToken):
		first := c.TokenForm()
		passwordForm(first, p)
		refresh, err := refreshToken(ctx, client, inst, c, first)
		if err != nil {
			return nil, err
		}
		form.Set("grant_type", string(issuer.RefreshToken))
		form.Set("refresh_token", refresh)
	case string(issuer.AuthorizationCode):
		code, verifier, err := authorizationCode(ctx, client, inst, c)
		if err != nil {
			return nil, err
		}
		form = url.Values{"grant_type": {string(issuer.AuthorizationCode)}, "code": {code}, "code_verifier": {verifier}, "redirect_uri": {loadRedirect}}
	case jwtBearer:
		assertion, err := p.asserter.assert(inst.Issuer)
		if err != nil {
			return nil, err
		}
		inst.Secrets.Add(assertion)
		form.Set("grant_type", string(issuer.JWTBearer))
		form.Set("assertion", assertion)
	}
	return form, nil
}

// passwordForm makes a form that of RFC 6749, section 4.3.2.
func passwordForm(form url.Values, p party) {
	form.Set("grant_type", string(issuer.Password))
	form.Set("username", loadUser)
	form.Set("password", p.password.Reveal())
}

// refreshToken gets a refresh token by a form (RFC 6749, section 1.5).
func refreshToken(ctx context.Context, client *http.Client, inst *targets.Instance, c targets.Client, form url.Values) (string, error) {
	req, err := c.Post(ctx, inst.Endpoints[targets.TokenEndpoint], form)
	if err != nil {
		return "", err
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", targets.Unanswered(err)
	}
	defer resp.Body.Close()
	var answer struct {
		Token   string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxBody)).Decode(&answer); err != nil || answer.Refresh == "" {
		return "", fmt.Errorf("the token endpoint answered %d without a refresh_token", resp.StatusCode)
	}
	inst.Secrets.Add(answer.Token, answer.Refresh)
	return answer.Refresh, nil
}

// authorizationCode gets a code from the reference issuer's authorization endpoint, which
// asks no user, and the verifier of its PKCE challenge (RFC 7636, section 4).
func authorizationCode(ctx context.Context, client *http.Client, inst *targets.Instance, c targets.Client) (code, verifier string, err error) {
	var random [32]byte
	rand.Read(random[:])
	verifier = base64.RawURLEncoding.EncodeToString(random[:])
	challenge := sha256.Sum256([]byte(verifier))
	query := url.Values{"response_type": {"code"}, "client_id": {c.ID}, "redirect_uri": {loadRedirect}, "scope": {strings.Join(c.Scopes, " ")},
		"code_challenge_method": {"S256"}, "code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "login_hint": {loadUser}}
	endpoint := strings.TrimSuffix(inst.Endpoints[targets.TokenEndpoint], "/token") + "/authorize"
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint+"?"+query.Encode(), nil)
	if err != nil {
		return "", "", err
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", "", targets.Unanswered(err)
	}
	defer resp.Body.Close()
	location, err := resp.Location()
	if err != nil {
		return "", "", fmt.Errorf("the authorization endpoint answered %d without a Location", resp.StatusCode)
	}
	if code = location.Query().Get("code"); code == "" {
		return "", "", errors.New("the authorization endpoint redirected without a code: " + targets.Word(location.Query().Get("error"), "with another error"))
	}
	inst.Secrets.Add(code, verifier)
	return code, verifier, nil
}
