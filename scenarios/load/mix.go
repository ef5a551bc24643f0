package load

import "strings"

// Shares of the arrivals that present a bad token, so that a resource server that
// lets everybody in is caught while it is being timed.
const badShare = 0.02

// good makes the request that presents a token which must be let in.
func good(t Token) Request {
	return Request{Authorization: "Bearer " + t.Value, Allow: true, ClientID: t.ClientID, Scope: t.Scope}
}

// spoiled makes the request that presents the token with one character changed: in
// a JWS inside the signature, elsewhere in the middle, where the change can't fall
// on bits that base64url ignores.
func spoiled(t Token) Request {
	b := []byte(t.Value)
	at := len(b) / 2
	if dot := strings.LastIndexByte(t.Value, '.'); dot >= 0 && dot+1 < len(b) { // an empty signature has no character
		at = (dot + 1 + len(b)) / 2
	}
	if b[at] == 'A' {
		b[at] = 'B'
	} else {
		b[at] = 'A'
	}
	return Request{Authorization: "Bearer " + string(b), Why: "spoiled"}
}

// expired makes the request that presents a token which is no longer valid.
func expired(t Token) Request {
	return Request{Authorization: "Bearer " + t.Value, Why: "expired"}
}
