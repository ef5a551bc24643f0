// Package corpus is a collection of access tokens that a resource server has to refuse,
// with some that look odd and have to be accepted, as data for any verifier in any
// language; README.md says how to use it without Go.
//
// In order of use: [Load] reads the committed file, whose clock stands still;
// [Corpus.Good] are the tokens that are accepted before and after each of the
// [Corpus.Tokens], whose text [Token.Text] gives; [Corpus.Plays] are what to do with
// tokens of a running issuer. [Lint] says what is wrong with a corpus.
//
// [Generate] makes another of new keys and the same [Cases], each of which says as data
// how its token differs from the good one. The committed file's private keys are gone.
package corpus
