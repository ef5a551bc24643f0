package cost

import "fmt"

// pass is work made of functions, for operations whose pass is one call: what the
// indirection adds is a nanosecond or two, which those of a microsecond don't see.
type pass struct {
	what  string // in errors
	size  int
	once  func() error // keeps what it produced
	check func() error // of what the last pass produced
	done  bool
}

func (w *pass) Do(n int) error {
	for range n {
		if err := w.once(); err != nil {
			return fmt.Errorf("%s: %w", w.what, err)
		}
	}
	w.done = true
	return nil
}

func (w *pass) Check() error {
	if !w.done {
		return fmt.Errorf("%s: nothing was done yet", w.what)
	}
	if err := w.check(); err != nil {
		return fmt.Errorf("%s: %w", w.what, err)
	}
	return nil
}

func (w *pass) Size() int { return w.size }
