// Package keys holds the keys that sign tokens and publishes their public halves.
//
// In order of use: [Generate] makes a [Key] for an [Algorithm]; [NewRing] collects
// keys and refuses those that don't fit their algorithm; [Ring.ByAlgorithm] finds
// the key to sign with, [Ring.ByID] the one that a token's kid names, and
// [Ring.JWKS] is the JSON document that resource servers fetch.
//
// A Key doesn't print its private half, whatever the verb.
package keys
