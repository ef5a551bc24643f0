package load

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"time"

	"github.com/oauthmark/oauthmark/reference/dpop"
	"github.com/oauthmark/oauthmark/reference/forge"
	"github.com/oauthmark/oauthmark/reference/keys"
	"github.com/oauthmark/oauthmark/targets"
)

// prover makes DPoP proofs (RFC 9449, section 4.2) with a key of its own.
type prover struct {
	header []byte
	sign   forge.Signer
}

func newProver() (*prover, error) {
	key, err := keys.Generate(keys.ES256, rand.Reader)
	if err != nil {
		return nil, err
	}
	public, err := key.JWK()
	if err != nil {
		return nil, err
	}
	sign, err := forge.SignWith(key, rand.Reader)
	if err != nil {
		return nil, err
	}
	// RFC 9449, section 4.2: the key alone, none of what a key set says of it.
	var members map[string]any
	if err := json.Unmarshal(public, &members); err != nil {
		return nil, err
	}
	jwk := map[string]any{"kty": members["kty"], "crv": members["crv"], "x": members["x"], "y": members["y"]}
	header, err := forge.Object(map[string]any{"typ": "dpop+jwt", "alg": string(keys.ES256), "jwk": jwk})
	return &prover{header, sign}, err
}

// prove makes a proof for one request; token is empty where none is presented.
func (p *prover) prove(method, target, token string) (string, error) {
	claims := map[string]any{"jti": rand.Text(), "htm": method, "htu": target, "iat": time.Now().Unix()}
	if token != "" {
		claims["ath"] = dpop.TokenHash(token)
	}
	payload, err := forge.Object(claims)
	if err != nil {
		return "", err
	}
	return forge.Token(p.header, payload, p.sign)
}

// proving adds a proof to each request, as a client does at the token endpoint.
type proving struct {
	*prover
	base http.RoundTripper
}

// RoundTrip implements [http.RoundTripper].
func (p proving) RoundTrip(r *http.Request) (*http.Response, error) {
	proof, err := p.prove(r.Method, r.URL.String(), "")
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Header.Set("DPoP", proof)
	return p.base.RoundTrip(r)
}

// longestProven is how long a step with proofs may be: they are made before it, and old
// ones are refused.
const longestProven = dpop.MaxAge - 15*time.Second

// withProofs presents tokens that are bound to a key, each request with a proof that was
// made before the load, and a few of them with a proof by another key.
func (p *presenting) withProofs(ctx context.Context) (out Traffic, err error) {
	if d := time.Duration(p.step.Load.Duration); d > longestProven {
		return out, fmt.Errorf("proofs are made before a step and are good for %v, so that it may last %v: lower --duration", dpop.MaxAge, longestProven)
	}
	own, err := newProver()
	if err != nil {
		return out, err
	}
	thief, err := newProver()
	if err != nil {
		return out, err
	}
	if err := p.obtainProven(ctx, own); err != nil {
		return out, err
	}
	schedule, err := NewSchedule(p.step.Load.Arrivals, p.step.Load.Rate, time.Duration(p.step.Load.Duration), p.seed)
	if err != nil {
		return out, err
	}
	random := mathrand.New(mathrand.NewPCG(p.seed, 0xd909))
	// RFC 9449, section 4.2: htu is the resource as clients know it, which is the identifier.
	target := p.inst.Audience + "/" + p.strategy.Name + targets.PlainRoute
	request := func(t Token, by *prover, outcome string, right Answer) error {
		proof, err := by.prove(http.MethodGet, target, t.Value)
		r := p.present(t, outcome, p.url(""), right)
		r.Header = http.Header{"Authorization": {"DPoP " + t.Value}, "Dpop": {proof}}
		out.Requests = append(out.Requests, r)
		return err
	}
	for i := range warmConnections {
		if err := request(p.tokens[i], own, Valid, Allow); err != nil {
			return out, err
		}
	}
	out.Warm, out.Requests = out.Requests, nil
	good := p.tokens[warmConnections:]
	for i := range schedule.arrivals() {
		by, outcome, right := own, Valid, Allow
		if random.Float64() < badShare || i == schedule.arrivals()/2 {
			by, outcome, right = thief, Stolen, Deny
		}
		if err := request(good[random.IntN(len(good))], by, outcome, right); err != nil {
			return out, err
		}
		out.Order = append(out.Order, uint32(i))
	}
	return out, nil
}

// obtainProven gets tokens that are bound to the key.
func (p *presenting) obtainProven(ctx context.Context, by *prover) error {
	client := p.inst.HTTPClient(30*time.Second, 1)
	defer client.CloseIdleConnections()
	client.Transport = proving{by, client.Transport}
	for range p.step.Load.Tokens + warmConnections {
		for _, c := range p.bound() {
			t, err := request(ctx, client, p.inst.Endpoints[targets.TokenEndpoint], c)
			p.inst.Secrets.Add(t.Value)
			if err == nil {
				err = ofForm(t.Value, p.form)
			}
			if err != nil {
				return fmt.Errorf("obtain tokens that are bound to a key: %w", err)
			}
			p.tokens = append(p.tokens, t)
		}
	}
	if len(p.tokens) == 0 {
		return fmt.Errorf("no client of target %s gets tokens that are bound to a key", p.inst.Target.Name)
	}
	p.shown = quotable(p.tokens)
	return nil
}
