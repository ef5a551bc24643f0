package stats

// FloorOf is the sound cell under the same load as c whose server does nothing; ok is false
// where there is none.
func FloorOf(cells []Cell, c Cell) (floor Cell, ok bool) {
	for _, f := range cells {
		if f.Step.Floor && f.Sound() && compareLoad(f, c) == 0 {
			return f, true
		}
	}
	return Cell{}, false
}
