package conformance

import (
	"errors"
	"fmt"

	"github.com/oauthmark/oauthmark/reference/forge"
)

// JWT is the content of a self-contained token, read without judging it.
type JWT struct {
	Header map[string]any
	Claims map[string]any
}

// ParseJWT reads the header and the claims of a token in JWS compact serialization.
// It verifies nothing, and its errors hold nothing of the token.
func ParseJWT(token string) (JWT, error) {
	header, err := part(token, forge.Header)
	if err != nil {
		return JWT{}, err
	}
	claims, err := part(token, forge.Payload)
	if err != nil {
		return JWT{}, err
	}
	return JWT{Header: header, Claims: claims}, nil
}

func part(token string, which forge.Part) (map[string]any, error) {
	raw, err := forge.Read(token, which)
	if err != nil {
		return nil, errors.New("the token is not a JWT in compact serialization")
	}
	members, err := object(raw)
	if err != nil {
		return nil, fmt.Errorf("the token's header or payload is %w", err)
	}
	return members, nil
}
