package store

import "encoding/binary"

// index finds rows by their places: a table of row numbers, each counted from 1, at
// or after the slot that its place names. Go's map would hold the places, too, which
// are in the rows already. A slot has a byte of the place beside the number, so that a
// row is hardly looked at in vain.
type index struct {
	slots []uint32 // a power of two, never full
	rows  int
}

const (
	leastSlots = 8
	numberBits = 24
	mostRows   = 1<<numberBits - 1 // whose numbers have room; with those of all shards, 380 GB
)

// slotOf takes bytes of the place that don't choose the shard.
func (x *index) slotOf(p *place) int {
	return int(binary.LittleEndian.Uint64(p[8:]) & uint64(len(x.slots)-1))
}

// slotEntry is what a slot holds; 0 is none.
func slotEntry(n uint32, p *place) uint32 { return n + 1 | uint32(p[16])<<numberBits }

// row is the number of the row of a slot that isn't empty.
func (x *index) row(slot int) uint32 { return x.slots[slot]&mostRows - 1 }

func (x *index) next(slot int) int { return (slot + 1) & (len(x.slots) - 1) }

// find returns the slot of the row of a place, or the one where it would go.
func (x *index) find(p *place, rows *list[row]) (slot int, ok bool) {
	if len(x.slots) == 0 {
		return 0, false
	}
	for slot = x.slotOf(p); x.slots[slot] != 0; slot = x.next(slot) {
		if x.slots[slot]>>numberBits == uint32(p[16]) && rows.at(x.row(slot)).place == *p {
			return slot, true
		}
	}
	return slot, false
}

// add adds a row whose place isn't there, at the slot where it goes.
func (x *index) add(slot int, n uint32, rows *list[row]) {
	p := &rows.at(n).place
	if x.rows++; x.rows*4 > len(x.slots)*3 {
		old := *x
		x.slots = make([]uint32, max(leastSlots, 2*len(old.slots)))
		for s, e := range old.slots {
			if e != 0 {
				to, _ := x.find(&rows.at(old.row(s)).place, rows)
				x.slots[to] = e
			}
		}
		slot, _ = x.find(p, rows)
	}
	x.slots[slot] = slotEntry(n, p)
}

// remove empties a slot, and moves up those behind it that would be found no more.
func (x *index) remove(slot int, rows *list[row]) {
	x.rows--
	for gap, s := slot, x.next(slot); ; s = x.next(s) {
		if x.slots[s] == 0 {
			x.slots[gap] = 0
			return
		}
		home := x.slotOf(&rows.at(x.row(s)).place)
		// It stays if its home lies behind the gap, going round.
		if mask := len(x.slots) - 1; (s-home)&mask >= (s-gap)&mask {
			x.slots[gap] = x.slots[s]
			gap = s
		}
	}
}
