package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/golang-jwt/jwt/v5"

	"github.com/oauthmark/oauthmark/reference/forge"
	keys "github.com/oauthmark/oauthmark/reference/jwt"
	"github.com/oauthmark/oauthmark/targets"
)

// Keys is the target's published JWK Set.
//
// RFC 7517, section 5: implementations SHOULD ignore JWKs in a set whose key type is
// not understood, that miss required members or hold values out of range.
func (p *Probe) Keys(ctx context.Context) ([]publishedKey, error) {
	return shared(p, "keys", func(p *Probe) ([]publishedKey, error) {
		x, err := p.send(ctx, jwksAnswer, http.MethodGet, p.Instance().Endpoints[targets.JWKSEndpoint], nil, nil)
		if err != nil {
			return nil, err
		}
		var set struct{ Keys []json.RawMessage }
		if x.Status != http.StatusOK || json.Unmarshal(x.Body, &set) != nil {
			return nil, fmt.Errorf("jwks endpoint: %d without a JWK Set", x.Status)
		}
		var known []publishedKey
		for _, raw := range set.Keys {
			var about struct {
				ID  string `json:"kid"`
				Use string `json:"use"`
			}
			public, err := keys.PublicJWK(raw)
			if err == nil && json.Unmarshal(raw, &about) == nil && about.Use != "enc" {
				known = append(known, publishedKey{about.ID, public})
			}
		}
		return known, nil
	})
}

// publishedKey is a public key with its kid, which may be empty.
type publishedKey struct {
	id     string
	public any
}

// ErrSignature says that no published key verifies a signature.
var ErrSignature = errors.New("no published key verifies the signature")

// Verify verifies the signature of a token under the published keys: those with the
// token's kid and those without any, or all when it has none. An error that is not [ErrSignature] means that
// it could not be judged.
func (p *Probe) Verify(ctx context.Context, token string) error {
	parsed, err := ParseJWT(token)
	if err != nil {
		return err
	}
	alg, _ := parsed.Header["alg"].(string)
	if strings.EqualFold(alg, "none") {
		return fmt.Errorf("%w: the token has none", ErrSignature)
	}
	method := jwt.GetSigningMethod(alg)
	if method == nil || strings.HasPrefix(alg, "HS") {
		return fmt.Errorf("algorithm %q: no published key can verify it here", alg)
	}
	published, err := p.Keys(ctx)
	if err != nil {
		return err
	}
	signature, err := forge.Read(token, forge.Signature)
	if err != nil {
		return ErrSignature
	}
	input := token[:strings.LastIndexByte(token, '.')]
	kid, named := parsed.Header["kid"].(string)
	for _, key := range published {
		if named && key.id != "" && key.id != kid {
			continue
		}
		if method.Verify(input, signature, key.public) == nil {
			return nil
		}
	}
	return ErrSignature
}

// Metadata is the target's metadata document (RFC 8414, section 3.2), or its OpenID Connect
// discovery document where that is the one declared.
func (p *Probe) Metadata(ctx context.Context) (map[string]any, error) {
	return shared(p, "metadata", func(p *Probe) (map[string]any, error) {
		x, err := p.send(ctx, metadataAnswer, http.MethodGet, p.Instance().Endpoints[targets.MetadataEndpoint], nil, nil)
		if err != nil {
			return nil, err
		}
		members, err := x.Object()
		if err != nil || x.Status != http.StatusOK {
			return nil, fmt.Errorf("metadata endpoint: %d without a JSON object", x.Status)
		}
		return members, nil
	})
}
