package corpus

import "github.com/oauthmark/oauthmark/reference/forge"

// otherTokens are good for something, and signed by the issuer or a client of it, but
// they aren't access tokens.
var otherTokens = []Case{
	{About: about("id-token", "N59", "an ID Token", at, "4", ReasonType),
		Recipe: forge.Recipe{Header: set("typ", `"JWT"`), Payload: instead(`{"iss":"https://issuer.example","sub":"user","aud":"app","exp":1800003600,"iat":1799999940,"nonce":"n"}`)}},
	{About: about("id-token/for-us", "N59", "an ID Token whose audience is the resource, with all claims of an access token", at, "4", ReasonType),
		Recipe: forge.Recipe{Header: set("typ", `"JWT"`), Payload: set("nonce", `"n"`)}},
	{About: about("refresh-token", "N59", "a refresh token", at, "4", ReasonType),
		Recipe: forge.Recipe{Header: set("typ", `"rt+jwt"`), Payload: both(set("aud", `"https://issuer.example"`), set("jti", `"refresh"`))}},
	{About: about("client-assertion", "N59", "a client's assertion, by its own key", "RFC 7523", "3", ReasonType),
		Recipe: forge.Recipe{Header: both(set("typ", `"client-authentication+jwt"`), set("kid", `"attacker"`)), Key: "attacker",
			Payload: instead(`{"iss":"app","sub":"app","aud":"https://issuer.example","exp":1800000060,"iat":1799999940,"jti":"assertion"}`)}},
	{About: about("introspection-response", "N59", "an introspection response", "RFC 9701", "8.1", ReasonType),
		Recipe: forge.Recipe{Header: set("typ", `"token-introspection+jwt"`), Payload: instead(`{"iss":"https://issuer.example","aud":"https://api.example","iat":1799999940,"token_introspection":{"active":true,"sub":"user","client_id":"app","exp":1800003600}}`)}},
	{About: about("logout-token", "N59", "a logout token", bcp, "3.11", ReasonType),
		Recipe: forge.Recipe{Header: set("typ", `"logout+jwt"`), Payload: both(set("events", `{"http://schemas.openid.net/event/backchannel-logout":{}}`), set("jti", `"logout"`))}},
}

const thumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"

// bindings are presented as bearer tokens, without any proof.
var bindings = []Case{
	{About: about("cnf-jkt", "N60", "it is bound to a DPoP key, and comes without a proof", "RFC 9449", "7.2", ReasonBinding), Recipe: payload(set("cnf", `{"jkt":"`+thumbprint+`"}`))},
	{About: about("cnf-jkt/empty", "N61", "it is bound to a DPoP key with an empty name", "RFC 9449", "6.1", ReasonBinding), Recipe: payload(set("cnf", `{"jkt":""}`))},
	{About: about("cnf-jkt/number", "N61", "it is bound to a DPoP key that is a number", "RFC 9449", "6.1", ReasonBinding), Recipe: payload(set("cnf", `{"jkt":1}`))},
	{About: about("cnf-certificate", "N62", "it is bound to a certificate, and comes without one", "RFC 8705", "3", ReasonBinding), Recipe: payload(set("cnf", `{"x5t#S256":"`+thumbprint+`"}`))},
	{About: about("cnf-both", "N62", "it is bound to a DPoP key and to a certificate", "RFC 8705", "3", ReasonBinding), Recipe: payload(set("cnf", `{"jkt":"`+thumbprint+`","x5t#S256":"`+thumbprint+`"}`))},
	{About: policy("cnf-unknown", "N63", "it is bound by a method that nobody knows", "RFC 7800", "3.1", ReasonBinding), Recipe: payload(set("cnf", `{"urn:example:x":"y"}`))},
	{About: policy("cnf-empty", "N63", "cnf is an empty object", "RFC 7800", "3.1", ReasonBinding), Recipe: payload(set("cnf", `{}`))},
	{About: about("cnf-text", "N63", "cnf is a string", "RFC 7800", "3.1", ReasonBinding), Recipe: payload(set("cnf", `"`+thumbprint+`"`))},
	{About: about("cnf-null", "N63", "cnf is null", "RFC 7800", "3.1", ReasonBinding), Recipe: payload(set("cnf", `null`))},
}

const statusDoc = "draft-ietf-oauth-status-list"

// statuses have a place in a list; nothing answers where it is.
var statuses = []Case{
	{About: needs(NeedsStatus, about("status-unreachable", "N66", "nothing answers at the list's address", statusDoc, "8.3", ReasonStatus)), Recipe: payload(set("status", `{"status_list":{"idx":0,"uri":"http://127.0.0.1:9/lists/1"}}`))},
	{About: needs(NeedsStatus, about("status-out-of-range", "N66", "idx is beyond any list", statusDoc, "8.3", ReasonStatus)), Recipe: payload(set("status", `{"status_list":{"idx":9007199254740991,"uri":"http://127.0.0.1:9/lists/1"}}`))},
	{About: needs(NeedsStatus, about("status-negative", "N66", "idx is -1", statusDoc, "6.2", ReasonStatus)), Recipe: payload(set("status", `{"status_list":{"idx":-1,"uri":"http://127.0.0.1:9/lists/1"}}`))},
	{About: needs(NeedsStatus, about("status-text", "N66", "idx is a string", statusDoc, "6.2", ReasonStatus)), Recipe: payload(set("status", `{"status_list":{"idx":"0","uri":"http://127.0.0.1:9/lists/1"}}`))},
	{About: needs(NeedsStatus, about("status-no-address", "N66", "the list has no address", statusDoc, "6.2", ReasonStatus)), Recipe: payload(set("status", `{"status_list":{"idx":0}}`))},
	{About: needs(NeedsStatus, about("status-file", "N66", "the list's address is a file", statusDoc, "6.2", ReasonStatus)), Recipe: payload(set("status", `{"status_list":{"idx":0,"uri":"file:///etc/hostname"}}`))},
}

// encrypted are tokens for a resource server that has no key to decrypt.
var encrypted = []Case{
	{About: about("jwe-to-signing-key", "N70", "claims that anybody encrypted to the issuer's public key, and nobody signed (CVE-2023-51774)", bcp, "3.3", ReasonEncryption), Algorithm: "RS256", make: sealed("RSA-OAEP", claimsAlone, false)},
	{About: about("jwe-to-signing-key/nested", "N70", "a token with alg none, encrypted to the issuer's public key", bcp, "3.3", ReasonEncryption), Algorithm: "RS256", make: sealed("RSA-OAEP", unsigned, false)},
	{About: about("jwe-bomb", "N71", "10 kB that decompress to 8 MB (CVE-2024-28180)", bcp, "3.6", ReasonEncryption), Algorithm: "RS256", make: sealed("RSA-OAEP", bomb, true)},
	{About: about("jwe-iterations", "N72", "a password that takes a billion rounds to stretch (CVE-2022-36083)", jwa, "8.1", ReasonEncryption), make: assembled(
		`{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","kid":"ES256","typ":"at+jwt","p2c":1000000000,"p2s":"c2FsdHNhbHRzYWx0c2FsdA"}`, 24)},
	{About: about("jwe-off-curve", "N73", "an ephemeral key that is no point of its curve", jwa, "6.2.1", ReasonEncryption), make: assembled(
		`{"alg":"ECDH-ES+A128KW","enc":"A128GCM","kid":"ES256","typ":"at+jwt","epk":{"kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAI"}}`, 24)},
	{About: about("jwe-rsa1_5", "N74", "RSA1_5, padded well", bcp, "3.2", ReasonEncryption), Algorithm: "RS256", make: sealed("RSA1_5", claimsAlone, false)},
	{About: about("jwe-rsa1_5/bad-padding", "N74", "RSA1_5, with padding that is wrong", bcp, "3.2", ReasonEncryption), make: assembled(
		`{"alg":"RSA1_5","enc":"A128GCM","kid":"encryption","typ":"at+jwt"}`, 256)},
}

// opaque are what no issuer issued; what it did is in [Plays].
var opaque = []Case{
	{About: about("opaque-empty", "O01", "no characters", "RFC 6750", "2.1", ReasonForm), Kind: Opaque, make: literal("")},
	{About: about("opaque-one", "O02", "one character", "RFC 7662", "2.2", ReasonInactive), Kind: Opaque, make: literal("A")},
	{About: about("opaque-long", "O03", "a million characters", "RFC 6585", "5", ReasonSize), Kind: Opaque, make: literal(repeated("A", 1_000_000))},
	{About: about("opaque-nul", "O07", "a NUL", "RFC 6750", "2.1", ReasonForm), Kind: Opaque, make: literal("token\x00")},
	{About: about("opaque-unknown", "O02", "43 characters that look like a token", "RFC 7662", "2.2", ReasonInactive), Kind: Opaque, make: literal("bm90LWEtdG9rZW4tYnV0LWxvb2tzLWxpa2Utb25lLTE")},
	{About: about("opaque-control", "O07", "a line end", "RFC 6750", "2.1", ReasonForm), Kind: Opaque, make: literal("to\r\nken")},
}
