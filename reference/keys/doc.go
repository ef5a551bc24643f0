// Package keys holds the keys that sign tokens and publishes their public halves.
//
// In order of use: [Algorithms] lists what there is and [Describe] tells an
// algorithm's row of the table; [Generate] or [GenerateSized] makes a [Key], and
// [New] or [NewSecret] binds one that exists; [NewRing] collects keys and refuses
// those that don't fit their algorithm; [Ring.ByAlgorithm] finds the key to sign
// with, [Ring.ByID] the one that a token's kid names, and [Ring.JWKS] is the JSON
// document that resource servers fetch.
//
// A ring is rotated while it serves: [Ring.Announce] publishes the next key before
// it signs, so that resource servers have fetched it by then, and [Ring.Rotate]
// makes it sign, while the previous one stays published and verifies until its
// overlap ends. Whoever holds tokens of a ring follows it by [Ring.Current].
//
// Keys that outlive the process are in a [File]: [ReadFile] reads them, [CreateFile]
// makes it, and a ring of [NewRingOf] saves each change there before it takes effect.
//
// A Key doesn't print its private half, whatever the verb. An HMAC key has no other
// half: it is never published, and reaches the resource server by another way.
package keys
