// Package claims is what a token says, and what must hold of it: the part of
// judging a token that doesn't depend on how it was learned.
//
// [Decode] reads the payload of a self-contained token or the answer of an
// introspection endpoint, strictly. An [Expectation] is then held against it, by
// [Expectation.CheckToken] or [Expectation.CheckAnswer]. What fails is an
// [*InvalidToken] with its [Reason], which never holds any part of a token.
package claims
