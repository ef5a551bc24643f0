package issuer

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/reference/token"
)

// Encryption says how the self-contained tokens of a client are encrypted for its resource
// server, as nested JWTs (RFC 7519, section 5.2).
type Encryption struct {
	Alg string `json:"alg,omitzero"` // one of token.KeyManagements; empty for tokens that aren't encrypted
	Enc string `json:"enc,omitzero"` // one of token.ContentEncryptions, the first when empty
	// JWK is the resource server's key, or JWKS its set, of which the first that fits is
	// used. With a private or shared key the issuer can answer about the tokens, too;
	// otherwise only where it keeps their claims.
	JWK  config.SecretJSON `json:"jwk,omitzero"`
	JWKS config.SecretJSON `json:"jwks,omitzero"`
}

// none reports whether nothing is configured.
func (e *Encryption) none() bool {
	return e.Alg == "" && e.Enc == "" && e.JWK == nil && e.JWKS == nil
}

// prepare returns the two sides, of which open is nil when the issuer can't decrypt.
func (e *Encryption) prepare() (seal *token.Encrypter, open *token.Decrypter, key string, err error) {
	if e.Alg == "" || (e.JWK == nil) == (e.JWKS == nil) {
		return nil, nil, "", errors.New("encrypt: alg is needed, and one of jwk and jwks")
	}
	enc := e.Enc
	if enc == "" {
		enc = token.ContentEncryptions()[0]
	}
	candidates := []json.RawMessage{json.RawMessage(e.JWK)}
	if e.JWKS != nil {
		var set struct {
			Keys []json.RawMessage `json:"keys"`
		}
		if json.Unmarshal(e.JWKS, &set) != nil || len(set.Keys) == 0 {
			return nil, nil, "", errors.New("encrypt: jwks: no key")
		}
		candidates = set.Keys
	}
	for _, jwk := range candidates {
		if seal, err = token.NewEncrypter(e.Alg, enc, jwk); err != nil {
			continue
		}
		// A public key is no failure: then the tokens are for the resource server alone.
		if open, err = token.NewDecrypter(e.Alg, enc, jwk); err != nil {
			open = nil
		}
		return seal, open, strings.Join([]string{e.Alg, enc, string(jwk)}, "\x00"), nil
	}
	return nil, nil, "", fmt.Errorf("encrypt: no key fits: %w", err)
}

// validate checks the encryption of a client.
func (c *Client) validateEncryption() error {
	if c.Encrypt.none() {
		return nil
	}
	if kind, _ := c.Form.Kind(); kind != token.SelfContained {
		return errors.New("encrypt: only for self-contained tokens")
	}
	_, _, _, err := c.Encrypt.prepare()
	return err
}

// sealed reports whether nobody here can read the client's tokens.
func (c *client) sealed() bool { return c.seal != nil && !c.opens }

// prepareEncryption gives each client its encrypter, and the issuer what it can decrypt.
func (i *Issuer) prepareEncryption(c Config) error {
	known := map[string]bool{}
	for n := range c.Clients {
		registered := &c.Clients[n]
		if registered.Encrypt.none() {
			continue
		}
		seal, open, key, err := registered.Encrypt.prepare()
		if err != nil {
			return fmt.Errorf("client %q: %w", registered.ID, err)
		}
		ready := i.clients[registered.ID]
		ready.seal, ready.opens = seal, open != nil
		if open == nil {
			i.sealed = append(i.sealed, ready)
		} else if !known[key] {
			known[key] = true
			i.decrypters = append(i.decrypters, open)
		}
	}
	return nil
}
