package forge

import (
	"errors"
	"fmt"
)

// ErrNoEffect says that an edit leaves the token as it is, so that it can't be asked
// whether a server minds: that signature has no unused bits, or such a key no R and S.
var ErrNoEffect = errors.New("the edit has no effect on this token")

// Recipe says how a token differs from a sound one. It is data, in JSON too; without
// any, the token is the sound one, signed anew.
type Recipe struct {
	Header    []Change `json:"header,omitempty"`
	Payload   []Change `json:"payload,omitempty"`
	Key       string   `json:"key,omitempty"`       // OwnKey, NoKey, OldSignature or one of Sound.Keys
	Signature []Damage `json:"signature,omitempty"` // to its octets, before they are encoded
	Text      []Damage `json:"text,omitempty"`      // to the whole token
}

// What signs, beside the keys that have a name.
const (
	OwnKey       = ""     // the sound token's key signs what the changes made of it
	NoKey        = "none" // nothing does: the signature is empty
	OldSignature = "old"  // the signature is the sound token's
)

// Sound is what a sound token is made of, and who else can sign.
type Sound struct {
	Header, Payload []byte
	Sign            Signer
	// Keys are others to be confused with, by names such as other-issuer or hmac-of-pem.
	Keys map[string]Signer
}

// Make makes a token of the recipe. An edit without effect is an error that wraps
// [ErrNoEffect], for a token that isn't spoiled would be taken for a server's mistake.
func (s *Sound) Make(r Recipe) (string, error) {
	header, err := Alter(s.Header, r.Header...)
	if err != nil {
		return "", fmt.Errorf("header: %w", err)
	}
	payload, err := Alter(s.Payload, r.Payload...)
	if err != nil {
		return "", fmt.Errorf("payload: %w", err)
	}
	sign, err := s.signer(r.Key)
	if err != nil {
		return "", err
	}
	if len(r.Signature) > 0 {
		sign = damaged(sign, r.Signature)
	}
	token, err := Token(header, payload, sign)
	if err != nil {
		return "", err
	}
	return Respell(token, r.Text...)
}

func (s *Sound) signer(name string) (Signer, error) {
	switch name {
	case OwnKey:
		return s.Sign, nil
	case NoKey:
		return nil, nil
	case OldSignature:
		return func([]byte) ([]byte, error) {
			return s.Sign([]byte(encode(s.Header) + "." + encode(s.Payload)))
		}, nil
	}
	if sign, ok := s.Keys[name]; ok {
		return sign, nil
	}
	return nil, fmt.Errorf("make token: no key %q", name)
}

// damaged is a signer whose signatures are spoiled.
func damaged(sign Signer, all []Damage) Signer {
	return func(input []byte) (signature []byte, err error) {
		if sign != nil {
			if signature, err = sign(input); err != nil {
				return nil, err
			}
		}
		return Spoil(signature, all...)
	}
}
