package cost

// operation is a line of the table: something that can be measured.
type operation struct {
	name string // sign/ES256
	// prepare makes the operation, and its limit on the same bytes.
	prepare func(*material) (does, limit work, err error)
}

// work is an operation that is ready to be done any number of times. Its loop is
// its own, so that the engine adds nothing to the cost of one pass.
type work interface {
	// Do does the operation n times, and returns an error as soon as one pass
	// fails. What the last pass produced is kept, so that no pass can be dropped
	// by the compiler.
	Do(n int) error
	// Check returns an error when what the last pass produced isn't right, or
	// when the operation takes a bad input for a good one. It isn't timed.
	Check() error
	// Size is the number of bytes of the input.
	Size() int
}

// table is everything that can be measured. A new operation is one line here.
var table = []operation{
	{"hash/SHA-256/jwt", hashJWT},
	{"hash/SHA-256/opaque-43", hashOpaque},
	{"sign/ES256", signing(es256)},
	{"sign/EdDSA", signing(edDSA)},
	{"sign/RS256", signing(rs256)},
	{"verify/ES256", verifying(es256)},
	{"verify/EdDSA", verifying(edDSA)},
	{"verify/RS256", verifying(rs256)},
}
