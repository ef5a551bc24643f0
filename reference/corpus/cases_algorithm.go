package corpus

import "github.com/oauthmark/oauthmark/reference/forge"

const (
	jws    = "RFC 7515"
	jwa    = "RFC 7518"
	jwtDoc = "RFC 7519"
	bcp    = "RFC 8725"
	at     = "RFC 9068"
)

// noAlgorithm are tokens that claim not to be signed, or by nothing that there is.
var noAlgorithm = []Case{
	{About: about("alg-none", "N01", "alg is none, and there is no signature", at, "4", ReasonAlgorithm), Recipe: by(forge.NoKey, set("alg", `"none"`))},
	{About: about("alg-none/no-kid", "N01", "alg is none, without kid and signature", at, "4", ReasonAlgorithm), Recipe: by(forge.NoKey, both(set("alg", `"none"`), remove("kid")))},
	{About: about("alg-none/title-case", "N02", "alg is None", jws, "4.1.1", ReasonAlgorithm), Recipe: by(forge.NoKey, set("alg", `"None"`))},
	{About: about("alg-none/capitals", "N02", "alg is NONE", jws, "4.1.1", ReasonAlgorithm), Recipe: by(forge.NoKey, set("alg", `"NONE"`))},
	{About: about("alg-none/camel", "N02", "alg is nOnE", jws, "4.1.1", ReasonAlgorithm), Recipe: by(forge.NoKey, set("alg", `"nOnE"`))},
	{About: about("alg-none/end-in-capitals", "N02", "alg is noNE", jws, "4.1.1", ReasonAlgorithm), Recipe: by(forge.NoKey, set("alg", `"noNE"`))},
	{About: about("alg-none/space", "N02", "alg is none, and a space", jws, "4.1.1", ReasonAlgorithm), Recipe: by(forge.NoKey, set("alg", `"none "`))},
	{About: about("alg-none/escaped", "N02", "alg is none, written with an escape", jws, "4.1.1", ReasonAlgorithm), Recipe: by(forge.NoKey, set("alg", `"n\u006fne"`))},
	{About: about("alg-none/old-signature", "N03", "alg is none, with the good token's signature", at, "4", ReasonAlgorithm), Recipe: by(forge.OldSignature, set("alg", `"none"`))},
	{About: about("alg-none/signed", "N03", "alg is none, and the issuer's key signs it by ES256", at, "4", ReasonAlgorithm), Recipe: header(set("alg", `"none"`))},
	{About: about("alg-unknown", "N19", "alg is XX256", jws, "4.1.1", ReasonAlgorithm), Recipe: header(set("alg", `"XX256"`))},
	{About: about("alg-unknown/lower-case", "N19", "alg is es256", jws, "4.1.1", ReasonAlgorithm), Recipe: header(set("alg", `"es256"`))},
	{About: about("alg-unknown/other-curve", "N19", "alg is ES256K", jws, "4.1.1", ReasonAlgorithm), Recipe: header(set("alg", `"ES256K"`))},
	{About: about("alg-unknown/old-hash", "N19", "alg is RS1", jws, "4.1.1", ReasonAlgorithm), Algorithm: "RS256", Recipe: header(set("alg", `"RS1"`))},
	{About: about("alg-unknown/line-end", "N19", "alg is ES256, and a line end", jws, "4.1.1", ReasonAlgorithm), Recipe: header(set("alg", `"ES256\n"`))},
	{About: about("alg-missing", "N20", "alg is missing", jws, "4.1.1", ReasonForm), Recipe: header(remove("alg"))},
	{About: about("alg-empty", "N20", "alg is empty", jws, "4.1.1", ReasonAlgorithm), Recipe: header(set("alg", `""`))},
	{About: about("alg-number", "N20", "alg is a number", jws, "4.1.1", ReasonForm), Recipe: header(set("alg", `256`))},
	{About: about("alg-null", "N20", "alg is null", jws, "4.1.1", ReasonForm), Recipe: header(set("alg", `null`))},
	{About: about("alg-array", "N20", "alg is an array with the right name", jws, "4.1.1", ReasonForm), Recipe: header(set("alg", `["ES256"]`))},
	{About: about("alg-object", "N20", "alg is an object", jws, "4.1.1", ReasonForm), Recipe: header(set("alg", `{"ES256":true}`))},
	{About: about("alg-other-name", "N20", "alg is called ALG", jws, "4", ReasonForm), Recipe: header(both(remove("alg"), set("ALG", `"ES256"`)))},
}

// brokenSignatures are signed by the right key, and then something was changed.
var brokenSignatures = []Case{
	{About: about("signature-empty/RS256", "N04", "the signature is empty", jws, "5.2", ReasonSignature), Algorithm: "RS256", Recipe: by(forge.NoKey, nil)},
	{About: about("signature-empty/PS256", "N04", "the signature is empty", jws, "5.2", ReasonSignature), Algorithm: "PS256", Recipe: by(forge.NoKey, nil)},
	{About: about("signature-empty/ES256", "N04", "the signature is empty", jws, "5.2", ReasonSignature), Recipe: by(forge.NoKey, nil)},
	{About: about("signature-empty/EdDSA", "N04", "the signature is empty", jws, "5.2", ReasonSignature), Algorithm: "EdDSA", Recipe: by(forge.NoKey, nil)},
	{About: about("signature-first-bit/RS256", "N05", "a bit of the signature's first byte is another", jws, "5.2", ReasonSignature), Algorithm: "RS256", Recipe: spoiled("flip-first")},
	{About: about("signature-last-bit/RS256", "N05", "a bit of the signature's last byte is another", jws, "5.2", ReasonSignature), Algorithm: "RS256", Recipe: spoiled("flip-last")},
	{About: about("signature-first-bit/PS256", "N05", "a bit of the signature's first byte is another", jws, "5.2", ReasonSignature), Algorithm: "PS256", Recipe: spoiled("flip-first")},
	{About: about("signature-last-bit/PS256", "N05", "a bit of the signature's last byte is another", jws, "5.2", ReasonSignature), Algorithm: "PS256", Recipe: spoiled("flip-last")},
	{About: about("signature-first-bit/ES256", "N05", "a bit of the signature's first byte is another", jws, "5.2", ReasonSignature), Recipe: spoiled("flip-first")},
	{About: about("signature-last-bit/ES256", "N05", "a bit of the signature's last byte is another", jws, "5.2", ReasonSignature), Recipe: spoiled("flip-last")},
	{About: about("signature-first-bit/EdDSA", "N05", "a bit of the signature's first byte is another", jws, "5.2", ReasonSignature), Algorithm: "EdDSA", Recipe: spoiled("flip-first")},
	{About: about("signature-last-bit/EdDSA", "N05", "a bit of the signature's last byte is another", jws, "5.2", ReasonSignature), Algorithm: "EdDSA", Recipe: spoiled("flip-last")},
	{About: about("signature-short/ES256", "N05", "the signature lacks its last byte", jwa, "3.4", ReasonSignature), Recipe: spoiled("short")},
	{About: about("signature-long/ES256", "N05", "the signature has a byte more", jwa, "3.4", ReasonSignature), Recipe: spoiled("long")},
	{About: about("signature-swapped/ES256", "N05", "R and S are swapped", jwa, "3.4", ReasonSignature), Recipe: spoiled("swap-halves")},
	{About: about("signature-zero/RS256", "N05", "the signature is all zeros", jwa, "3.3", ReasonSignature), Algorithm: "RS256", Recipe: spoiled("zero")},
	{About: about("signature-long/RS256", "N05", "the signature has a byte more", jwa, "3.3", ReasonSignature), Algorithm: "RS256", Recipe: spoiled("long")},
	{About: about("signature-zero/EdDSA", "N05", "the signature is all zeros", "RFC 8032", "5.1.7", ReasonSignature), Algorithm: "EdDSA", Recipe: spoiled("zero")},
	{About: about("signature-not-canonical/EdDSA", "N05", "the group's order is added to S", "RFC 8032", "5.1.7", ReasonSignature), Algorithm: "EdDSA", Recipe: by("own-plus-order", nil)},
	{About: about("payload-changed/scope", "N06", "the scope is another, the signature the good token's", jws, "5.2", ReasonSignature), Recipe: forge.Recipe{Payload: set("scope", `"admin"`), Key: forge.OldSignature}},
	{About: about("payload-changed/subject", "N06", "the subject is another, the signature the good token's", jws, "5.2", ReasonSignature), Algorithm: "RS256", Recipe: forge.Recipe{Payload: set("sub", `"admin"`), Key: forge.OldSignature}},
	{About: about("header-changed", "N06", "the header has one member more, the signature is the good token's", jws, "5.2", ReasonSignature), Recipe: by(forge.OldSignature, set("x", `1`))},
	{About: about("ecdsa-zeros", "N11", "R and S are 0 (CVE-2022-21449)", jwa, "3.4", ReasonSignature), Recipe: spoiled("zero")},
	{About: about("ecdsa-one-one", "N12", "R and S are 1", jwa, "3.4", ReasonSignature), Recipe: by("ecdsa-1-1", nil)},
	{About: about("ecdsa-zero-one", "N12", "R is 0, and S is 1", jwa, "3.4", ReasonSignature), Recipe: by("ecdsa-0-1", nil)},
	{About: about("ecdsa-one-zero", "N12", "R is 1, and S is 0", jwa, "3.4", ReasonSignature), Recipe: by("ecdsa-1-0", nil)},
	{About: about("ecdsa-order-order", "N12", "R and S are the group's order", jwa, "3.4", ReasonSignature), Recipe: by("ecdsa-n-n", nil)},
	{About: about("ecdsa-order-one", "N12", "R is the group's order, and S is 1", jwa, "3.4", ReasonSignature), Recipe: by("ecdsa-n-1", nil)},
	{About: about("ecdsa-one-order", "N12", "R is 1, and S is the group's order", jwa, "3.4", ReasonSignature), Recipe: by("ecdsa-1-n", nil)},
	{About: about("ecdsa-below-order", "N12", "R and S are the group's order less 1", jwa, "3.4", ReasonSignature), Recipe: by("ecdsa-m-m", nil)},
	{About: about("ecdsa-der", "N13", "R and S are in DER", jwa, "3.4", ReasonSignature), Recipe: spoiled("der")},
}
