package thirdparty

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	josejwt "github.com/go-jose/go-jose/v4/jwt"
	"github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/lestrrat-go/jwx/v3/jws"
	jwxjwt "github.com/lestrrat-go/jwx/v3/jwt"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/corpus"
	ours "github.com/oauthmark/oauthmark/reference/jwt"
	"github.com/oauthmark/oauthmark/reference/keys"
)

// library is one way to validate an access token, as somebody writes it who has read the
// library's documentation with care: typ, the algorithm by the key that kid names, iss,
// aud, exp, nbf and the claims that have to be there.
type library struct {
	name   string
	verify func(token string) error
}

func libraries(t testing.TB, c *corpus.Corpus) []library {
	t.Helper()
	set := usableKeys(t, c)
	return []library{
		{"oauthmark", withOurs(t, c)},
		{"golang-jwt", withGolangJWT(c, set)},
		{"go-jose", withGoJOSE(c, set)},
		{"jwx", withJWX(t, c, set)},
	}
}

// usableKeys are those of the set to verify with: one is picked out by use and alg, as
// the documentation of each library leaves to its user.
func usableKeys(t testing.TB, c *corpus.Corpus) map[string]jose.JSONWebKey {
	t.Helper()
	var set struct{ Keys []json.RawMessage }
	if err := json.Unmarshal(c.JWKS, &set); err != nil {
		t.Fatal(err)
	}
	found := map[string]jose.JSONWebKey{}
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(raw) != nil || key.Use != "sig" || !slices.Contains(algorithmNames(c), key.Algorithm) {
			continue
		}
		found[key.KeyID] = key
	}
	return found
}

func algorithmNames(c *corpus.Corpus) (names []string) {
	for _, a := range c.Algorithms {
		names = append(names, string(a))
	}
	return names
}

var errWrong = errors.New("typ, alg or a claim is wrong")

// at reports whether typ is one of an access token (RFC 9068, section 4).
func at(typ any) bool {
	s, _ := typ.(string)
	return strings.EqualFold(s, "at+jwt") || strings.EqualFold(s, "application/at+jwt")
}

func withOurs(t testing.TB, c *corpus.Corpus) func(string) error {
	found, err := ours.ParseKeySet(c.JWKS, c.Algorithms)
	if err != nil {
		t.Fatal(err)
	}
	v, err := ours.New(ours.Rules{Expect: claims.Expectation{Issuer: c.Issuer, Resource: c.Resource}, Algorithms: c.Algorithms, Keys: finder(found)})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(c.Time, 0)
	return func(token string) error {
		said, err := v.Verify(context.Background(), token, now)
		if err == nil && said.Confirmation != nil {
			return errWrong // as the middleware does with bearer tokens
		}
		return err
	}
}

// finder has the keys of one set.
type finder map[string]*ours.Key

func (f finder) Find(_ context.Context, kid string) (*ours.Key, error) {
	if key, ok := f[kid]; ok {
		return key, nil
	}
	return nil, claims.Refuse(claims.ReasonKeyUnknown)
}

// accessClaims are what RFC 9068, section 2.2, requires beside the registered ones.
type accessClaims struct {
	jwt.RegisteredClaims
	ClientID string          `json:"client_id"`
	Scope    string          `json:"scope"`
	Bound    json.RawMessage `json:"cnf"`
}

func withGolangJWT(c *corpus.Corpus, set map[string]jose.JSONWebKey) func(string) error {
	now := time.Unix(c.Time, 0)
	p := jwt.NewParser(jwt.WithValidMethods(algorithmNames(c)), jwt.WithIssuer(c.Issuer), jwt.WithAudience(c.Resource), jwt.WithExpirationRequired(),
		jwt.WithIssuedAt(), jwt.WithStrictDecoding(), jwt.WithTimeFunc(func() time.Time { return now }))
	return func(token string) error {
		var said accessClaims
		_, err := p.ParseWithClaims(token, &said, func(t *jwt.Token) (any, error) {
			kid, _ := t.Header["kid"].(string)
			key, ok := set[kid]
			if _, critical := t.Header["crit"]; !ok || key.Algorithm != t.Method.Alg() || !at(t.Header["typ"]) || critical {
				return nil, errWrong
			}
			return key.Key, nil
		})
		if err == nil && (said.Subject == "" || said.ClientID == "" || said.ID == "" || said.IssuedAt == nil || said.Bound != nil) {
			err = errWrong
		}
		return err
	}
}

func withGoJOSE(c *corpus.Corpus, set map[string]jose.JSONWebKey) func(string) error {
	var allowed []jose.SignatureAlgorithm
	for _, a := range c.Algorithms {
		allowed = append(allowed, jose.SignatureAlgorithm(a))
	}
	expect := josejwt.Expected{Issuer: c.Issuer, AnyAudience: josejwt.Audience{c.Resource}, Time: time.Unix(c.Time, 0)}
	return func(token string) error {
		parsed, err := josejwt.ParseSigned(token, allowed)
		if err != nil {
			return err
		}
		head := parsed.Headers[0]
		key, ok := set[head.KeyID]
		if len(parsed.Headers) != 1 || !ok || key.Algorithm != head.Algorithm || !at(head.ExtraHeaders[jose.HeaderType]) {
			return errWrong
		}
		var said struct {
			josejwt.Claims
			ClientID string          `json:"client_id"`
			Scope    string          `json:"scope"`
			Bound    json.RawMessage `json:"cnf"`
		}
		if err := parsed.Claims(key.Key, &said); err != nil {
			return err
		}
		if said.Subject == "" || said.ClientID == "" || said.ID == "" || said.IssuedAt == nil || said.Expiry == nil || said.Bound != nil {
			return errWrong
		}
		return said.ValidateWithLeeway(expect, 0)
	}
}

// jwx doesn't tell the header of what it has verified, so the token is parsed twice.
func withJWX(t testing.TB, c *corpus.Corpus, set map[string]jose.JSONWebKey) func(string) error {
	t.Helper()
	keySet := jwk.NewSet()
	for _, key := range set {
		raw, err := key.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := jwk.ParseKey(raw)
		if err != nil {
			continue // it refuses keys that are too short
		}
		if err := keySet.AddKey(parsed); err != nil {
			t.Fatal(err)
		}
	}
	now := jwxjwt.ClockFunc(func() time.Time { return time.Unix(c.Time, 0) })
	options := []jwxjwt.ParseOption{jwxjwt.WithKeySet(keySet, jws.WithRequireKid(true)), jwxjwt.WithIssuer(c.Issuer), jwxjwt.WithAudience(c.Resource),
		jwxjwt.WithClock(now), jwxjwt.WithAcceptableSkew(0), jwxjwt.WithRequiredClaim("exp"), jwxjwt.WithRequiredClaim("sub"), jwxjwt.WithRequiredClaim("iat"),
		jwxjwt.WithRequiredClaim("jti"), jwxjwt.WithRequiredClaim("client_id")}
	return func(token string) error {
		message, err := jws.ParseString(token, jws.WithCompact())
		if err != nil {
			return err
		}
		head := message.Signatures()[0].ProtectedHeaders()
		typ, _ := head.Type()
		alg, _ := head.Algorithm()
		if !at(typ) || !slices.Contains(c.Algorithms, corpusAlgorithm(alg)) || head.Has("crit") {
			return errWrong
		}
		said, err := jwxjwt.ParseString(token, options...)
		if err == nil && said.Has("cnf") {
			err = errWrong
		}
		return err
	}
}

// Ours refuses the whole corpus. What the others let through is printed, for it is theirs
// to judge: much of it is what a user would have to add.
func TestLibraries(t *testing.T) {
	c, err := corpus.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range libraries(t, c) {
		good, total := 0, 0
		var wrong []string
		for _, g := range c.Good {
			if err := l.verify(g.Token); err != nil {
				t.Errorf("%s refuses the good token of %s: %v", l.name, g.Algorithm, err)
			}
		}
		for i := range c.Tokens {
			token := &c.Tokens[i]
			if token.Kind != corpus.SelfContained || token.Needs != "" {
				continue
			}
			total++
			if (l.verify(token.Text()) == nil) == (token.Expect == corpus.Accept) {
				good++
				continue
			}
			wrong = append(wrong, fmt.Sprintf("%s (%s)", token.ID, token.Level))
		}
		t.Logf("%-10s judges %d of %d as expected; not: %s", l.name, good, total, strings.Join(wrong, ", "))
		if l.name == "oauthmark" && len(wrong) > 0 {
			t.Errorf("ours must judge all of them as expected")
		}
	}
}

// BenchmarkLibraries times them by turns: each round has all, so that a drift of the
// machine falls on all alike.
func BenchmarkLibraries(b *testing.B) {
	c, err := corpus.Load()
	if err != nil {
		b.Fatal(err)
	}
	all := libraries(b, c)
	for _, g := range c.Good {
		b.Run(string(g.Algorithm), func(b *testing.B) {
			spent := make([][]float64, len(all))
			for b.Loop() {
				for i, l := range all {
					const rounds = 20
					began := time.Now()
					for range rounds {
						if err := l.verify(g.Token); err != nil {
							b.Fatal(err)
						}
					}
					spent[i] = append(spent[i], float64(time.Since(began).Nanoseconds())/rounds)
				}
			}
			b.ReportMetric(0, "ns/op")
			for i, l := range all {
				slices.Sort(spent[i])
				b.ReportMetric(spent[i][len(spent[i])/2], l.name+"-ns")
			}
		})
	}
}

func corpusAlgorithm(a jwa.SignatureAlgorithm) keys.Algorithm { return keys.Algorithm(a.String()) }
