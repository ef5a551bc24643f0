package plot

import (
	"math"

	"gonum.org/v1/plot/vg"
)

// box is a rectangle that something takes up.
type box struct{ left, bottom, right, top vg.Length }

func around(at vg.Point, half vg.Length) box {
	return box{at.X - half, at.Y - half, at.X + half, at.Y + half}
}

func (a box) overlaps(b box) bool {
	return a.left < b.right && b.left < a.right && a.bottom < b.top && b.bottom < a.top
}

func (a box) within(b box) bool {
	return a.left >= b.left && a.right <= b.right && a.bottom >= b.bottom && a.top <= b.top
}

// label is what is to stand beside a point.
type label struct {
	at            vg.Point
	radius        vg.Length // of the point
	width, height vg.Length
}

// farthest is how far from its point a label may stand, and directions are where, the
// best first.
const farthest = 260

var directions = compass()

// compass lists directions in rising order of the part of a turn that they need.
func compass() (all []float64) {
	const most = 32
	for parts := 2; parts <= most; parts *= 2 {
		for i := range parts {
			if parts == 2 || i%2 == 1 {
				all = append(all, 2*math.Pi*float64(i)/float64(parts))
			}
		}
	}
	return all
}

// stroke is a line between two points.
type stroke struct{ a, b vg.Point }

// crosses reports whether the line has a point in the box.
func (l stroke) crosses(b box) bool {
	// The part of the line that is between the two edges of each axis; Liang and Barsky.
	from, to := 0.0, 1.0
	for _, e := range []struct{ at, by, low, high vg.Length }{
		{l.a.X, l.b.X - l.a.X, b.left, b.right}, {l.a.Y, l.b.Y - l.a.Y, b.bottom, b.top},
	} {
		if e.by == 0 {
			if e.at < e.low || e.at > e.high {
				return false
			}
			continue
		}
		s, t := float64((e.low-e.at)/e.by), float64((e.high-e.at)/e.by)
		from, to = max(from, min(s, t)), min(to, max(s, t))
	}
	return from <= to
}

// placed is where a label stands, and the line to its point, if it is far from it.
type placed struct {
	box
	line *stroke
	ok   bool // there was room for it
}

// longLine is how far a label is from its point that has a line to it.
const longLine = 13

// place finds room for each label within the frame, as near to its point as can be. No label
// covers a point or another label, ever; that it crosses a line, or is nearer to the point
// of another, is what a place costs. After the first round each is placed anew among the
// others, for those that came first didn't know of them.
func place(labels []label, frame box, lines []stroke) []placed {
	out := make([]placed, len(labels))
	const rounds = 4
	for range rounds {
		for i := range labels {
			out[i] = labels[i].find(i, frame, labels, out, lines)
		}
	}
	return out
}

func (l label) find(i int, frame box, labels []label, others []placed, lines []stroke) (best placed) {
	least := math.Inf(1)
	for away := vg.Length(5); away <= farthest && float64(away) < least; away += 5 {
		for _, angle := range directions {
			p := placed{box: l.box(angle, l.radius+away), ok: true}
			if end := p.edge(l.at); distance(end, l.at) > l.radius+longLine {
				p.line = &stroke{l.at, end}
			}
			if !p.within(frame) || !p.free(i, labels, others) {
				continue
			}
			if cost := float64(away) + p.cost(i, labels, others, lines); cost < least {
				best, least = p, cost
			}
		}
	}
	return best
}

func distance(a, b vg.Point) vg.Length {
	return vg.Length(math.Hypot(float64(a.X-b.X), float64(a.Y-b.Y)))
}

// free reports whether the place of label i covers no point and no other label.
func (p placed) free(i int, labels []label, others []placed) bool {
	for n, l := range labels {
		if p.overlaps(around(l.at, l.radius+1)) || n != i && others[n].ok && p.overlaps(others[n].box) {
			return false
		}
	}
	return true
}

// cost is how bad it is what the place of label i crosses, as a distance.
func (p placed) cost(i int, labels []label, others []placed, lines []stroke) (cost float64) {
	mine := distance(p.edge(labels[i].at), labels[i].at)
	if p.line != nil {
		cost += 10
	}
	for n, l := range labels {
		if n == i {
			continue
		}
		if distance(p.edge(l.at), l.at)-l.radius < mine-labels[i].radius {
			cost += 70 // it looks like that of another
		}
		o := others[n]
		for _, crossed := range []bool{
			p.line != nil && p.line.crosses(around(l.at, l.radius+1)),
			p.line != nil && o.ok && p.line.crosses(o.box),
			o.line != nil && o.line.crosses(p.box),
		} {
			if crossed {
				cost += 120
			}
		}
	}
	for _, l := range lines {
		if l.crosses(p.box) {
			cost += 40
		}
	}
	return cost
}

// box is where the label is, when the edge that faces its point is so far from it.
func (l label) box(angle float64, away vg.Length) box {
	x, y := vg.Length(math.Cos(angle)), vg.Length(math.Sin(angle))
	center := vg.Point{X: l.at.X + x*(away+l.width/2), Y: l.at.Y + y*(away+l.height/2)}
	return box{center.X - l.width/2, center.Y - l.height/2, center.X + l.width/2, center.Y + l.height/2}
}

// edge is the point of the box that is nearest to at: where a line to it ends.
func (a box) edge(at vg.Point) vg.Point {
	return vg.Point{X: min(max(at.X, a.left), a.right), Y: min(max(at.Y, a.bottom), a.top)}
}

// apart moves the heights of labels in a column until each has its room, within low and
// high as far as that goes. They are in order from the lowest.
func apart(heights []vg.Length, room, low, high vg.Length) {
	for i := range heights {
		heights[i] = max(heights[i], low)
		if i > 0 {
			heights[i] = max(heights[i], heights[i-1]+room)
		}
	}
	for i := len(heights) - 1; i >= 0; i-- {
		limit := high
		if i < len(heights)-1 {
			limit = heights[i+1] - room
		}
		heights[i] = min(heights[i], limit)
	}
}
