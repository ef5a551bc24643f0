package store

// chunk is how many values are kept together: growing moves none of them, and what
// is not used yet is less than a chunk.
const chunk = 16

// list gives numbers to values, and those of removed values again.
type list[T any] struct {
	chunks []*[chunk]T
	length uint32
	free   []uint32
}

func (l *list[T]) at(n uint32) *T { return &l.chunks[n/chunk][n%chunk] }

func (l *list[T]) add(v T) (n uint32) {
	if last := len(l.free) - 1; last >= 0 {
		n, l.free = l.free[last], l.free[:last]
	} else {
		if l.length%chunk == 0 {
			l.chunks = append(l.chunks, new([chunk]T))
		}
		n = l.length
		l.length++
	}
	*l.at(n) = v
	return n
}

func (l *list[T]) remove(n uint32) {
	var none T
	*l.at(n) = none
	l.free = append(l.free, n)
}
