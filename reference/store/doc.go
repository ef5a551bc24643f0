// Package store keeps the claims behind opaque tokens.
//
// In order of use: [DigestOf] turns a token into the key under which [Store.Put]
// keeps its claims and [Store.Get] finds them again. A store never sees a token:
// who reads the whole store can't present a single one (RFC 9700, section 4.9.3,
// asks to treat tokens like any other secret and not to store them in plaintext).
// [NewMemory] is the store for one process.
package store
