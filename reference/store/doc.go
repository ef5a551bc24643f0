// Package store keeps what an issuer has to remember of its tokens: the records
// behind them, which were used, and which were revoked.
//
// In order of use: one of [Plain], [Hashed], [EncryptedAES] and
// [EncryptedRSA] says what a stored value looks like. [Persistence] turns a token
// into the [Key] and the [Record] that its kind calls for; [Records] keeps them and
// uses them once, for refresh tokens and authorization codes; [Revocations] lists a
// revoked [Subject] until what it revokes has expired; [Replays] remembers what may
// be accepted only once. A [Store] does all of it:
// [NewMemory] is the one for a single process and without durability, the packages
// sqlite, postgres and redis below this one are the others, and storetest holds
// what all of them must do.
//
// Hashed or encrypted, a store never sees a usable token: who reads all of it
// can't present a single one (RFC 9700, section 4.9.3, asks to treat tokens like
// any other secret and not to store them in plaintext). Claims and identifiers are
// stored as they are, so a jti must be no credential.
package store
