package cost

import "time"

const (
	// mostParts and leastParts bound the share of a subject in the budget: a few
	// subjects needn't fill it, and many exceed it rather than be measured badly.
	mostParts, leastParts = 16, 250
	// slowBatches is what even a subject gets that is slower than its share: as many as
	// a program that compares records asks for.
	slowBatches = 6
)

// share is the time for each of n subjects, with its calibration: at least what it
// takes to calibrate a quick one and to measure it as often as a row needs.
func (e engine) share(n int) time.Duration {
	share := e.budget / time.Duration(max(n, mostParts))
	return max(share, e.budget/leastParts, 25*minBatch)
}

// allot says how many batches the subject gets of its share, of which the
// calibration has used a part. A batch of the calibrated size is short, and each
// subject gets enough of those; one whose single operation is long gets what its
// share holds.
func (s *subject) allot(share, used time.Duration) {
	s.warm = warmupBatches
	s.due = minBatches + warmupBatches
	if s.each <= 0 { // no clock can see it
		return
	}
	if s.size == 1 && s.each > minBatch {
		s.due = min(s.due, int(share/s.each))
	}
	// Of batches of a calibrated size, a machine that is busy gets no fewer.
	s.due = max(int((share-used)/s.each), s.due)
	if s.slow() {
		s.warm, s.due = 0, max(s.due, slowBatches)
	}
}

// slow says that the subject's share doesn't hold as many batches as a row needs.
func (s *subject) slow() bool { return s.due < minBatches+warmupBatches }

// time is what the subject may take after its calibration.
func (s *subject) time(share time.Duration) time.Duration {
	if s.slow() {
		return max(share, time.Duration(s.due)*s.each)
	}
	return share
}
