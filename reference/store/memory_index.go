package store

import "encoding/binary"

// index finds rows by their places: a table of row numbers, each counted from 1, at
// or after the slot that its place names. Go's map would hold the places, too, which
// are in the rows already.
type index struct {
	slots []uint32 // a power of two, never full
	rows  int
}

const leastSlots = 8

// slotOf takes bytes of the place that don't choose the shard.
func (x *index) slotOf(p *place) int {
	return int(binary.LittleEndian.Uint64(p[8:]) & uint64(len(x.slots)-1))
}

func (x *index) next(slot int) int { return (slot + 1) & (len(x.slots) - 1) }

// find returns the slot of the row of a place, or the one where it would go.
func (x *index) find(p *place, rows *list[row]) (slot int, ok bool) {
	if len(x.slots) == 0 {
		return 0, false
	}
	for slot = x.slotOf(p); x.slots[slot] != 0; slot = x.next(slot) {
		if rows.at(x.slots[slot]-1).place == *p {
			return slot, true
		}
	}
	return slot, false
}

// add adds a row whose place isn't there, at the slot where it goes.
func (x *index) add(slot int, n uint32, rows *list[row]) {
	if x.rows++; x.rows*4 <= len(x.slots)*3 {
		x.slots[slot] = n + 1
		return
	}
	old := x.slots
	x.slots = make([]uint32, max(leastSlots, 2*len(old)))
	for _, o := range old {
		if o != 0 {
			x.set(o, rows)
		}
	}
	x.set(n+1, rows)
}

func (x *index) set(n uint32, rows *list[row]) {
	slot, _ := x.find(&rows.at(n-1).place, rows)
	x.slots[slot] = n
}

// remove empties a slot, and moves up those behind it that would be found no more.
func (x *index) remove(slot int, rows *list[row]) {
	x.rows--
	for gap, s := slot, x.next(slot); ; s = x.next(s) {
		if x.slots[s] == 0 {
			x.slots[gap] = 0
			return
		}
		home := x.slotOf(&rows.at(x.slots[s] - 1).place)
		// It stays if its home lies behind the gap, going round.
		if mask := len(x.slots) - 1; (s-home)&mask >= (s-gap)&mask {
			x.slots[gap] = x.slots[s]
			gap = s
		}
	}
}
