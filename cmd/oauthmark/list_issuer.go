package main

import (
	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/token"
)

// alike lists names that speak for themselves, of what the reference issuer can be
// configured with.
func alike[T ~string](names []T, about string) []entry {
	out := make([]entry, len(names))
	for i, name := range names {
		out[i] = entry{string(name), about}
	}
	return out
}

func listForms() ([]entry, error) {
	var out []entry
	for _, f := range token.Forms() {
		a := f.Algorithm()
		about := "self-contained: a JWT signed with " + string(a)
		switch {
		case f.Phantom():
			about = "an identifier, for which a gateway gets a JWT signed with " + string(a)
		case f.Split():
			about = "the signature of a JWT with " + string(a) + ", for which a gateway gets the JWT"
		case f == token.UUIDForm:
			about = "opaque: a UUID of 122 random bits"
		case a == "":
			about = "opaque: 256 random bits"
		}
		out = append(out, entry{string(f), "form of a client's tokens: " + about})
	}
	return out, nil
}

func listKeyManagement() ([]entry, error) {
	return alike(token.KeyManagements(), "agrees on the key of an encrypted token: RFC 7518, section 4.1"), nil
}

func listContentEncryption() ([]entry, error) {
	return alike(token.ContentEncryptions(), "encrypts what a token says: RFC 7518, section 5.1"), nil
}

func listAuthentication() ([]entry, error) {
	return alike(issuer.AuthMethods(), "auth of a client"), nil
}

func listGrants() ([]entry, error) {
	return alike(issuer.GrantTypes(), "one of a client's grants"), nil
}

func listSecretHashes() ([]entry, error) {
	return alike(issuer.SecretHashes(), "secret_hash: hashes secrets and passwords"), nil
}

func listClaimProfiles() ([]entry, error) {
	return alike(token.Profiles(), "profile: how tokens and answers about them look"), nil
}

func listClaimShapes() ([]entry, error) {
	return []entry{
		{"string", "aud_as: aud is a string"},
		{"array", "aud_as: aud is an array"},
		{"scope", "scope_as: a string of that name in a self-contained token"},
		{"scopes", "scope_as: an array of that name"},
	}, nil
}

func listSenderConstraints() ([]entry, error) {
	return []entry{
		{string(issuer.BoundMTLS), "bound of a client: tokens work with its certificate alone (RFC 8705, section 3)"},
		{string(issuer.BoundDPoP), "bound of a client: tokens work with a proof of its key alone (RFC 9449, section 5)"},
	}, nil
}

func listPersistence() ([]entry, error) {
	about := map[store.Keep]string{
		store.KeepNothing: "the token says all there is",
		store.KeepID:      "the identifier and its expiry",
		store.KeepClaims:  "what the token stands for",
		store.KeepToken:   "that, and a copy of the token",
	}
	var out []entry
	for _, keep := range store.Keeps() {
		out = append(out, entry{string(keep), "keep: " + about[keep]})
	}
	return out, nil
}

func listAtRest() ([]entry, error) {
	about := map[issuer.AtRestKind]string{
		issuer.Plain:     "who reads the store has the tokens",
		issuer.Hashed:    "only a digest: see 'oauthmark list digests'",
		issuer.Encrypted: "sealed with a key from a file",
	}
	var out []entry
	for _, kind := range issuer.AtRestKinds() {
		out = append(out, entry{string(kind), "kind of at_rest: " + about[kind]})
	}
	return append(out, alike(issuer.Ciphers(), "cipher of what is encrypted at rest")...), nil
}

func listDigests() ([]entry, error) {
	return alike(store.Digests(), "digest of what is hashed at rest"), nil
}

func listStores() ([]entry, error) {
	var out []entry
	for _, k := range storeKinds {
		out = append(out, entry{k.name, k.about})
	}
	return out, nil
}
