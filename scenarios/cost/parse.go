package cost

import (
	"encoding/base64"
	"errors"
	"strings"

	"github.com/oauthmark/oauthmark/reference/claims"
	"github.com/oauthmark/oauthmark/reference/exactjson"
)

// parseOperations are parse/SIZE: header and claims of a JWT are read, and its
// signature isn't looked at. It is what a verification costs beside the signature, but
// for the header, which a verifier may remember; and never enough to judge a token.
func parseOperations() []operation {
	var all []operation
	for _, s := range sizes {
		all = append(all, operation{name: "parse/" + s.name, prepare: parsing(s)})
	}
	return all
}

// joseHeader is what a resource server reads of a header.
type joseHeader struct {
	Algorithm string          `json:"alg"`
	KeyID     string          `json:"kid"`
	Type      string          `json:"typ"`
	Critical  exactjson.Value `json:"crit"`
}

func parsing(s size) func(*material) (does, limit work, err error) {
	return func(m *material) (work, work, error) {
		text, err := m.token(es256, s.claims())
		if err != nil {
			return nil, nil, err
		}
		var head joseHeader
		var set claims.Claims
		does := &pass{what: "parse token", size: len(text),
			once: func() error {
				header, payload, err := segments(text)
				if err != nil {
					return err
				}
				head, set = joseHeader{}, claims.Claims{}
				if err := exactjson.Unmarshal(header, &head); err != nil {
					return errors.New("the header isn't JSON")
				}
				return claims.Decode(payload, &set)
			},
			check: func() error {
				if head.Algorithm != "ES256" || set.ID != tokenID || set.Issuer != issuerID {
					return errors.New("what was parsed isn't what the token says")
				}
				return nil
			}}
		valid := false
		limit := &pass{what: "scan token", size: len(text),
			once: func() error {
				header, payload, err := segments(text)
				valid = err == nil && exactjson.Value(header).IsValid() && exactjson.Value(payload).IsValid()
				return err
			},
			check: func() error {
				if !valid {
					return errors.New("the token isn't JSON")
				}
				return nil
			}}
		return does, limit, nil
	}
}

// segments decodes the first two of a token's three.
func segments(text string) (header, payload []byte, err error) {
	first, last := strings.IndexByte(text, '.'), strings.LastIndexByte(text, '.')
	if first == last {
		return nil, nil, errors.New("the token hasn't three segments")
	}
	if header, err = base64.RawURLEncoding.DecodeString(text[:first]); err != nil {
		return nil, nil, errors.New("the header isn't base64url")
	}
	if payload, err = base64.RawURLEncoding.DecodeString(text[first+1 : last]); err != nil {
		return nil, nil, errors.New("the payload isn't base64url")
	}
	return header, payload, nil
}
