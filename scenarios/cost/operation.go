package cost

// operation is a line of the table: something that can be measured.
type operation struct {
	name string // sign/ES256/0.6k
	// prepare makes the operation, and its limit on the same bytes; the limit is nil
	// where nothing does the same with less. A notRun says that this machine can't do it.
	prepare func(*material) (does, limit work, err error)

	// large operations take long to prepare, or say little that their neighbours don't:
	// they run where they are named, or in the profile that takes its time.
	large bool
	tail  bool // its mean counts, not its median: the long passes are by design
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

// notRun is the error of an operation that can't be done here, for a reason that is
// told. Where the machine has no such program, nobody expects a figure; what is there
// and fails leaves the run inconclusive.
type notRun struct {
	reason string
	lacks  bool // there is no such program
}

func (e notRun) Error() string { return "not run: " + e.reason }
