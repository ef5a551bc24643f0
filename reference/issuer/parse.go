package issuer

import (
	"fmt"
	"io"

	"github.com/oauthmark/oauthmark/reference/config"
)

// ParseConfig reads a configuration file, in YAML or JSON:
//
//	issuer: http://127.0.0.1:8080
//	resource: https://api.example
//	lifetime_s: 3600
//	clients:
//	  - {id: app, secret: ..., form: opaque, scopes: [read, write]}
//	  - {id: app-es256, secret: ..., form: ES256, scopes: [read], lifetime_s: 60}
//	  - {id: behind-gateway, secret: ..., form: split-ES256, scopes: [read]}
//	  - {id: site, auth: none, form: ES256, scopes: [read], grants: [authorization_code, refresh_token],
//	     redirect_uris: ["https://site.example/cb"]}
//	  - {id: batch, auth: private_key_jwt, jwks: {keys: [...]}, form: opaque, scopes: [read]}
//	  - {id: hidden, secret: ..., form: ES256, scopes: [read],
//	     encrypt: {alg: ECDH-ES, enc: A256GCM, jwk: {kty: EC, ...}}}
//	introspector: {id: api, secret: ...}
//	introspectors:
//	  - {id: logs, secret: ..., sees: [scope, client_id], clients: [app], sign: ES256}
//	store: sqlite:tokens.db
//	persistence:
//	  opaque: {keep: claims, at_rest: {kind: hashed, digest: SHA-256}}
//	  self_contained: {keep: token, at_rest: {kind: encrypted, cipher: AES-256-GCM, key_file: at-rest.key}}
//	keys_file: keys.json
//	rsa_bits: 3072
//	hmac_keys: {HS256: ...}
//	secret_hash: argon2id
//	headless_consent: true
//	users: [{name: alice, password: ...}]
//	trusted_issuers: [{issuer: "https://idp.example", jwks: {keys: [...]}, claims: [department]}]
//
// [Config] has all members. An unknown key is an error with its line; so is, without one, a
// configuration that [New] wouldn't take. No error shows a value that might be a secret.
// The changes are made before the configuration is judged, as by flags.
func ParseConfig(r io.Reader, changes ...func(*Config)) (Config, error) {
	var c Config
	if _, err := config.ReadFrom("", r, &c); err != nil {
		return Config{}, fmt.Errorf("issuer configuration: %w", err)
	}
	for _, change := range changes {
		change(&c)
	}
	if err := c.validate(); err != nil {
		return Config{}, fmt.Errorf("issuer configuration: %w", err)
	}
	return c, nil
}
