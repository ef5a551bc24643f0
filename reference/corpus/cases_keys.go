package corpus

import "github.com/oauthmark/oauthmark/reference/forge"

// confusedKeys are signed with something that isn't for this.
var confusedKeys = []Case{
	{About: about("hmac-pem", "N07", "HS256, with the public RSA key in PEM as the secret", bcp, "3.1", ReasonAlgorithm), Algorithm: "RS256", Recipe: by("hmac-pem", set("alg", `"HS256"`))},
	{About: about("hmac-pem/no-line-end", "N07", "HS256, with the public RSA key in PEM without the last line end", bcp, "3.1", ReasonAlgorithm), Algorithm: "RS256", Recipe: by("hmac-pem-bare", set("alg", `"HS256"`))},
	{About: about("hmac-pkcs1", "N07", "HS256, with the public RSA key in PEM of PKCS #1", bcp, "3.1", ReasonAlgorithm), Algorithm: "RS256", Recipe: by("hmac-pkcs1", set("alg", `"HS256"`))},
	{About: about("hmac-der", "N07", "HS256, with the public RSA key in DER", bcp, "3.1", ReasonAlgorithm), Algorithm: "RS256", Recipe: by("hmac-der", set("alg", `"HS256"`))},
	{About: about("hmac-jwk", "N07", "HS256, with the published JWK as the secret", bcp, "3.1", ReasonAlgorithm), Algorithm: "RS256", Recipe: by("hmac-jwk", set("alg", `"HS256"`))},
	{About: about("hmac-modulus", "N07", "HS256, with the RSA modulus as the secret", bcp, "3.1", ReasonAlgorithm), Algorithm: "RS256", Recipe: by("hmac-modulus", set("alg", `"HS256"`))},
	{About: about("hmac-pem/HS512", "N07", "HS512, with the public RSA key in PEM as the secret", bcp, "3.1", ReasonAlgorithm), Algorithm: "RS256", Recipe: by("hmac512-pem", set("alg", `"HS512"`))},
	{About: about("hmac-ec-pem", "N07", "HS256, with the public EC key in PEM as the secret", bcp, "3.1", ReasonAlgorithm), Recipe: by("hmac-ec-pem", set("alg", `"HS256"`))},
	{About: about("hmac-ed25519", "N07", "HS256, with the octets of the public Ed25519 key as the secret", bcp, "3.1", ReasonAlgorithm), Algorithm: "EdDSA", Recipe: by("hmac-ed25519", set("alg", `"HS256"`))},
	{About: about("hmac-empty", "N08", "HS256, with an empty secret", bcp, "3.5", ReasonAlgorithm), Recipe: by("hmac-empty", set("alg", `"HS256"`))},
	{About: about("hmac-empty/no-kid", "N08", "HS256, with an empty secret and no kid", bcp, "3.5", ReasonAlgorithm), Recipe: by("hmac-empty", both(set("alg", `"HS256"`), remove("kid")))},
	{About: about("hmac-weak", "N09", "HS256, with the secret 'secret'", bcp, "3.5", ReasonAlgorithm), Recipe: by("hmac-weak", set("alg", `"HS256"`))},
	{About: about("hmac-weak/no-kid", "N09", "HS256, with the secret 'secret' and no kid", bcp, "3.5", ReasonAlgorithm), Recipe: by("hmac-weak", both(set("alg", `"HS256"`), remove("kid")))},
	{About: about("rsa-cross/RS256-as-PS256", "N10", "PS256 by the key for RS256", bcp, "3.1", ReasonKeyAlgorithm), Algorithm: "RS256", Recipe: by("own-as-PS256", set("alg", `"PS256"`))},
	{About: about("rsa-cross/RS256-as-RS512", "N10", "RS512 by the key for RS256", bcp, "3.1", ReasonAlgorithm), Algorithm: "RS256", Recipe: by("own-as-RS512", set("alg", `"RS512"`))},
	{About: about("rsa-cross/RS256-as-PS512", "N10", "PS512 by the key for RS256", bcp, "3.1", ReasonAlgorithm), Algorithm: "RS256", Recipe: by("own-as-PS512", set("alg", `"PS512"`))},
	{About: about("rsa-cross/PS256-as-RS256", "N10", "RS256 by the key for PS256", bcp, "3.1", ReasonKeyAlgorithm), Algorithm: "PS256", Recipe: by("own-as-RS256", set("alg", `"RS256"`))},
	{About: about("rsa-cross/unsaid", "N10", "the header says RS256, the signature is one of PS256", jws, "5.2", ReasonSignature), Algorithm: "RS256", Recipe: by("own-as-PS256", nil)},
	{About: about("rsa-cross/hash-unsaid", "N10", "the header says RS256, the signature is one of RS512", jws, "5.2", ReasonSignature), Algorithm: "RS256", Recipe: by("own-as-RS512", nil)},
	{About: about("pss-no-salt", "N10", "PS256 without a salt", jwa, "3.5", ReasonSignature), Algorithm: "PS256", Recipe: by("own-no-salt", nil)},
	{About: about("pss-short-salt", "N10", "PS256 with a salt of 20 bytes", jwa, "3.5", ReasonSignature), Algorithm: "PS256", Recipe: by("own-salt-20", nil)},
	{About: about("ecdsa-other-curve", "N14", "ES256 by the key for ES384, with its kid", jwa, "3.4", ReasonKey), Recipe: by("ES384-as-ES256", set("kid", `"ES384"`))},
	{About: about("ecdsa-other-algorithm", "N14", "ES384 by the key for ES384, which isn't allowed", bcp, "3.1", ReasonAlgorithm), Recipe: by("ES384", both(set("alg", `"ES384"`), set("kid", `"ES384"`)))},
	{About: about("family-crossed", "N10", "alg is ES256, the kid that of an RSA key", bcp, "3.1", ReasonKeyAlgorithm), Recipe: header(set("kid", `"RS256"`))},
}

// strangeKeys are signed well by keys that the issuer doesn't sign with.
var strangeKeys = []Case{
	{About: about("other-issuer/our-kid", "N15", "signed by another issuer's key, with our kid", bcp, "3.8", ReasonSignature), Recipe: by("other-issuer", nil)},
	{About: about("other-issuer/its-kid", "N15", "signed by another issuer's key, with its kid", bcp, "3.8", ReasonKey), Recipe: by("other-issuer", set("kid", `"other-issuer"`))},
	{About: about("other-issuer/its-name", "N15", "another issuer's own token", at, "4", ReasonKey),
		Recipe: forge.Recipe{Header: set("kid", `"other-issuer"`), Payload: set("iss", `"https://other.example"`), Key: "other-issuer"}},
	{About: about("encryption-key", "N16", "signed by a key that is published for encryption", "RFC 7517", "4.2", ReasonKey), Algorithm: "RS256", Recipe: by("encryption", set("kid", `"encryption"`))},
	{About: about("rsa-1024", "N17", "signed by an RSA key of 1024 bits that is published", jwa, "3.3", ReasonKey), Algorithm: "RS256", Recipe: by("short", set("kid", `"short"`))},
	{About: about("ed25519-small-order", "N18", "a published Ed25519 key of small order, for which one signature is valid for all", "RFC 8032", "5.1.7", ReasonKey), Algorithm: "EdDSA",
		Recipe: by("neutral", set("kid", `"small-order"`))},
	{About: about("ed25519-neutral-signature", "N18", "R is the neutral element and S is 0, by a good key", "RFC 8032", "5.1.7", ReasonSignature), Algorithm: "EdDSA", Recipe: by("neutral", nil)},
}

// keyIDs are about kid, which only selects among the published keys.
var keyIDs = []Case{
	{About: policy("kid-missing", "N21", "kid is missing, and there are several keys", at, "4", ReasonKey), Recipe: header(remove("kid"))},
	{About: policy("kid-empty", "N21", "kid is empty", jws, "4.1.4", ReasonKey), Recipe: header(set("kid", `""`))},
	{About: about("kid-unknown", "N22", "no published key has the kid", jws, "6", ReasonKey), Recipe: header(set("kid", `"unknown"`))},
	{About: about("kid-lower-case", "N22", "the kid is that of a key but for its case", jws, "4.1.4", ReasonKey), Recipe: header(set("kid", `"es256"`))},
	{About: about("kid-space", "N22", "the kid is that of a key, and a space", jws, "4.1.4", ReasonKey), Recipe: header(set("kid", `"ES256 "`))},
	{About: about("kid-path", "N23", "kid is a path to an empty file, whose content is the secret of HS256", bcp, "3.10", ReasonAlgorithm),
		Recipe: by("hmac-empty", both(set("alg", `"HS256"`), set("kid", `"../../../../../../dev/null"`)))},
	{About: about("kid-path/signed", "N23", "kid is a path", bcp, "3.10", ReasonKey), Recipe: header(set("kid", `"../jwks"`))},
	{About: about("kid-url", "N23", "kid is a URL of the attacker's", bcp, "3.10", ReasonKey), Recipe: by("attacker", set("kid", `"`+attackerMark+`/key"`))},
	{About: about("kid-sql", "N24", "kid is a piece of SQL that selects the secret of HS256", bcp, "3.10", ReasonAlgorithm),
		Recipe: by("hmac-one", both(set("alg", `"HS256"`), set("kid", `"' UNION SELECT '1"`)))},
	{About: about("kid-sql/signed", "N24", "kid is a piece of SQL", bcp, "3.10", ReasonKey), Recipe: header(set("kid", `"ES256' OR '1'='1"`))},
	{About: about("kid-command", "N24", "kid is a command", bcp, "3.10", ReasonKey), Recipe: header(set("kid", `"$(id)|id;id"`))},
	{About: about("kid-number", "N25", "kid is a number", jws, "4.1.4", ReasonForm), Recipe: header(set("kid", `1`))},
	{About: about("kid-array", "N25", "kid is an array with the right name", jws, "4.1.4", ReasonForm), Recipe: header(set("kid", `["ES256"]`))},
	{About: about("kid-object", "N25", "kid is an object", jws, "4.1.4", ReasonForm), Recipe: header(set("kid", `{"ES256":1}`))},
	{About: about("kid-null", "N25", "kid is null", jws, "4.1.4", ReasonKey), Recipe: header(set("kid", `null`))},
	{About: about("kid-long", "N25", "kid has 10,000 characters", jws, "6", ReasonSize), Recipe: header(set("kid", `"`+repeated("kid", 3_334)+`"`))},
}

// foreignKeys bring their key along, or say where it is.
var foreignKeys = []Case{
	{About: about("jku-attacker", "N26", "jku leads to the attacker's keys, and kid is one of them", bcp, "3.10", ReasonKey),
		Recipe: by("attacker", both(set("kid", `"attacker"`), set("jku", `"`+attackerMark+`/jwks"`)))},
	{About: about("jku-attacker/our-kid", "N26", "jku leads to the attacker's keys, with our kid", bcp, "3.10", ReasonSignature),
		Recipe: by("attacker", set("jku", `"`+attackerMark+`/jwks"`))},
	{About: about("jku-attacker/looks-ours", "N26", "jku has our issuer in its user part", bcp, "3.10", ReasonKey),
		Recipe: by("attacker", both(set("kid", `"attacker"`), set("jku", `"https://issuer.example@attacker.example/jwks"`)))},
	{About: about("x5u-attacker", "N27", "x5u leads to the attacker's certificate", bcp, "3.10", ReasonKey),
		Recipe: by("attacker", both(set("kid", `"attacker"`), set("x5u", `"`+attackerMark+`/certificate.pem"`)))},
	{About: about("x5u-attacker/our-kid", "N27", "x5u leads to the attacker's certificate, with our kid", bcp, "3.10", ReasonSignature),
		Recipe: by("attacker", set("x5u", `"`+attackerMark+`/certificate.pem"`))},
	{About: about("jku-loopback", "N28", "jku leads to the server itself", bcp, "3.10", ReasonKey), Recipe: by("attacker", both(set("kid", `"attacker"`), set("jku", `"http://127.0.0.1:9/jwks"`)))},
	{About: about("jku-loopback-6", "N28", "jku leads to the server itself, by IPv6", bcp, "3.10", ReasonKey), Recipe: by("attacker", both(set("kid", `"attacker"`), set("jku", `"http://[::1]:9/jwks"`)))},
	{About: about("jku-metadata", "N28", "jku leads to a cloud's metadata service", bcp, "3.10", ReasonKey), Recipe: by("attacker", both(set("kid", `"attacker"`), set("jku", `"http://169.254.169.254/latest/meta-data/"`)))},
	{About: about("jku-file", "N28", "jku leads to a file", bcp, "3.10", ReasonKey), Recipe: by("attacker", both(set("kid", `"attacker"`), set("jku", `"file:///etc/hostname"`)))},
	{About: about("x5u-metadata", "N28", "x5u leads to a cloud's metadata service", bcp, "3.10", ReasonKey), Recipe: by("attacker", both(set("kid", `"attacker"`), set("x5u", `"http://169.254.169.254/latest/meta-data/"`)))},
	{About: about("jwk-embedded", "N29", "jwk is the attacker's key, with our kid", jws, "4.1.3", ReasonSignature), Recipe: by("attacker", set("jwk", attackerJWK))},
	{About: about("jwk-embedded/its-kid", "N29", "jwk is the attacker's key, with its kid", jws, "4.1.3", ReasonKey), Recipe: by("attacker", both(set("kid", `"attacker"`), set("jwk", attackerJWK)))},
	{About: about("jwk-embedded/no-kid", "N29", "jwk is the attacker's key, without kid", jws, "4.1.3", ReasonKey), Recipe: by("attacker", both(remove("kid"), set("jwk", attackerJWK)))},
	{About: about("x5c-self-signed", "N30", "x5c is a certificate that the attacker signed, with our kid", jws, "4.1.6", ReasonSignature), Recipe: by("attacker", set("x5c", attackerX5C))},
	{About: about("x5c-self-signed/no-kid", "N30", "x5c is a certificate that the attacker signed, without kid", jws, "4.1.6", ReasonKey), Recipe: by("attacker", both(remove("kid"), set("x5c", attackerX5C)))},
}
