package issuer

import (
	"crypto/rsa"
	"encoding/json"
	"math/big"
	"strings"
	"testing"

	"github.com/go-jose/go-jose/v4"
)

// What a configuration of clients, users and trusted issuers may not say. The
// secret in each is hunter2, and no error shows it.
func TestPartyConfigErrors(t *testing.T) {
	t.Parallel()
	const head = "issuer: https://as.example\nresource: urn:api\nheadless_consent: true\n"
	client := func(rest string) string {
		return head + "clients:\n  - {id: a, form: opaque, scopes: [read], " + rest + "}\n"
	}
	private, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: partyKeys()["jwt"]}}})
	if err != nil {
		t.Fatal(err)
	}
	public, err := json.Marshal(jose.JSONWebKeySet(keySet("jwt")))
	if err != nil {
		t.Fatal(err)
	}
	sealing := keySet("jwt")
	sealing.Keys[0].Use, sealing.Keys[0].Algorithm = "enc", ""
	toSeal, err := json.Marshal(jose.JSONWebKeySet(sealing))
	if err != nil {
		t.Fatal(err)
	}
	weak, err := json.Marshal(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 1023), E: 65537}}}})
	if err != nil {
		t.Fatal(err)
	}
	trusted := func(rest string) string {
		return head + "trusted_issuers: [{issuer: https://idp.example, " + rest + "}]\n"
	}
	for name, c := range map[string]struct{ text, want string }{
		"unknown hash":         {head + "secret_hash: md5\n", "secret_hash: none of [sha256 pbkdf2 bcrypt argon2id]"},
		"long for bcrypt":      {"secret_hash: bcrypt\n" + client("secret: hunter2"+strings.Repeat("x", 66)), "longer than the 72 bytes"},
		"refresh lifetime":     {head + "refresh_lifetime_s: -1\n", "refresh_lifetime_s"},
		"unknown method":       {client("auth: tls"), `auth "tls": none of`},
		"public with a secret": {client("auth: none, secret: hunter2"), "secret: not for auth none"},
		"public by default":    {client("auth: none"), "grant client_credentials: not for a public client"},
		"JWT without keys":     {client("auth: private_key_jwt"), "jwks: no key"},
		"JWT with a secret":    {client("auth: private_key_jwt, secret: hunter2"), "secret: not for"},
		"private key":          {client("auth: private_key_jwt, jwks: " + string(private)), "jwks: key 1 is not public"},
		"symmetric key":        {client(`auth: private_key_jwt, jwks: {keys: [{kty: oct, k: hunter2a}]}`), "jwks: key 1 is not public"},
		"weak key":             {client("auth: private_key_jwt, jwks: " + string(weak)), "jwks: key 1"},
		"encryption key":       {client("auth: private_key_jwt, jwks: " + string(toSeal)), "jwks: key 1"},
		"keys without use":     {client("secret: hunter2, jwks: " + string(public)), "jwks: not for"},
		"keys not a set":       {client("auth: private_key_jwt, jwks: hunter2"), "not a JWK Set"},
		"broken key":           {client("auth: private_key_jwt, jwks: {keys: [{kty: EC, d: hunter2}]}"), "not a JWK Set"},
		"no certificate":       {client("auth: tls_client_auth"), "certificate: one of"},
		"two subjects":         {client("auth: tls_client_auth, certificate: {subject: CN=a, dns: a}"), "certificate: one of"},
		"thumbprint of hex":    {client("auth: self_signed_tls_client_auth, certificate: {sha256: abcd}"), "certificate: sha256"},
		"needless certificate": {client("secret: hunter2, certificate: {dns: a}"), "certificate: not for"},
		"unknown grant":        {client("secret: hunter2, grants: [implicit]"), `grant "implicit": none of`},
		"grant twice":          {client("secret: hunter2, grants: [refresh_token, refresh_token]"), "listed twice"},
		"password grant":       {client("secret: hunter2, grants: [password]"), "password_grant: true"},
		"grants without form":  {head + "clients: [{id: a, secret: hunter2, grants: [password]}]\n", "grants: a client without form"},
		"no redirect_uris":     {client("secret: hunter2, grants: [authorization_code]"), "redirect_uris: needed"},
		"needless redirects":   {client("secret: hunter2, redirect_uris: [https://a.example]"), "redirect_uris: needed"},
		"relative redirect":    {client("secret: hunter2, grants: [authorization_code], redirect_uris: [/cb]"), "redirect_uri 1: not an absolute"},
		"redirect to fragment": {client("secret: hunter2, grants: [authorization_code], redirect_uris: ['https://a.example#']"), "redirect_uri 1: has a fragment"},
		"redirect to a script": {client("secret: hunter2, grants: [authorization_code], redirect_uris: ['JavaScript:x']"), "redirect_uri 1: is a script"},
		"consent not asked":    {strings.Replace(client("secret: hunter2, grants: [authorization_code], redirect_uris: [a:b]"), "true", "false", 1), "headless_consent: true"},
		"user without name":    {head + "users: [{password: hunter2}]\n", "user 1: name"},
		"user, no password":    {head + "users: [{name: a}]\n", "user 1: password"},
		"user twice":           {head + "users: [{name: a, password: hunter2}, {name: a, password: x}]\n", `user 2: name "a" is taken`},
		"user like a client":   {client("secret: hunter2") + "users: [{name: a, password: hunter2}]\n", "user 1: the subject is the id of a client"},
		"subject of a client":  {client("secret: hunter2") + "users: [{name: b, subject: a, password: hunter2}]\n", "user 1: the subject is"},
		"trusted, no keys":     {trusted("claims: [a]"), "trusted issuer 1: jwks"},
		"trusted, reserved":    {trusted("claims: [scope], jwks: " + string(public)), `claim "scope" can't be carried over`},
		"trusted, no issuer":   {head + "trusted_issuers: [{jwks: " + string(public) + "}]\n", "trusted issuer 1: issuer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseConfig(strings.NewReader(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want %q in it", err, c.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("error %q shows a secret", err)
			}
		})
	}
	c, err := ParseConfig(strings.NewReader(client("auth: private_key_jwt, jwks: " + string(public))))
	if err != nil || len(c.Clients[0].JWKS.Keys) != 1 {
		t.Errorf("a good key: %v", err)
	}
}
