// Package thirdparty holds the reference verifier against what others have made: the
// vectors of Project Wycheproof, and the JWT libraries that most Go programs use.
//
// It is a module of its own, with nothing but tests in it, because the vectors would
// add a hundred megabytes to whatever imports them. 'make test-thirdparty' runs it.
package thirdparty
