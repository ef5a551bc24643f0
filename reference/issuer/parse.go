package issuer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"

	"go.yaml.in/yaml/v3"
)

// maxConfig is the size of the largest configuration that is read, in bytes.
const maxConfig = 4 << 20

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
// [Config] has all of it.
// A key that it doesn't know is an error, with its line, and so is a configuration
// that [New] wouldn't take. No error shows a value that might be a secret. What
// the file says can be changed before it is judged, as by flags that go before it.
func ParseConfig(r io.Reader, changes ...func(*Config)) (Config, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxConfig+1))
	if err != nil {
		return Config{}, fmt.Errorf("read issuer configuration: %w", err)
	}
	if len(b) > maxConfig {
		return Config{}, fmt.Errorf("issuer configuration: larger than %d bytes", maxConfig)
	}
	dec := yaml.NewDecoder(bytes.NewReader(b))
	dec.KnownFields(true)
	var c Config
	if err := dec.Decode(&c); errors.Is(err, io.EOF) {
		return Config{}, errors.New("issuer configuration: empty")
	} else if err != nil {
		return Config{}, fmt.Errorf("issuer configuration: %s", explain(err))
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return Config{}, errors.New("issuer configuration: more than one document")
	}
	for _, change := range changes {
		change(&c)
	}
	if err := c.validate(); err != nil {
		return Config{}, fmt.Errorf("issuer configuration: %w", err)
	}
	return c, nil
}

var (
	unknownKey = regexp.MustCompile(`^line (\d+): field (.*) not found in type`)
	wrongType  = regexp.MustCompile(`^line (\d+): cannot unmarshal (!!\w+)`)
	plainKey   = regexp.MustCompile(`^[A-Za-z_][\w-]*$`)
	quoted     = regexp.MustCompile("(?s) `.*`| '.*'")
)

// explain puts the decoder's first complaint into a line for whoever wrote the
// file, without the values that the decoder quotes: one may be a misplaced secret.
// So may be the rest of a key that isn't a plain word, such as secret:value.
func explain(err error) string {
	message := err.Error()
	var types *yaml.TypeError
	if errors.As(err, &types) && len(types.Errors) > 0 {
		message = types.Errors[0]
	}
	if m := unknownKey.FindStringSubmatch(message); m != nil {
		if !plainKey.MatchString(m[2]) {
			return fmt.Sprintf("line %s: unknown key", m[1])
		}
		return fmt.Sprintf("line %s: unknown key %q", m[1], m[2])
	}
	if m := wrongType.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("line %s: a value of type %s doesn't belong there", m[1], m[2])
	}
	return quoted.ReplaceAllString(message, "")
}
