package plot

import (
	"math/rand/v2"
	"testing"

	"gonum.org/v1/plot/vg"
)

// No label covers another or a point, however the points lie, and each has room.
func TestLabelsDoNotCollide(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	frame := box{0, 0, 720, 400}
	at := map[string]func(i int) vg.Point{
		"anywhere": func(int) vg.Point {
			return vg.Point{X: vg.Length(720 * random.Float64()), Y: vg.Length(400 * random.Float64())}
		},
		"in a row":    func(i int) vg.Point { return vg.Point{X: vg.Length(100 + 30*i), Y: 380} },
		"in a column": func(i int) vg.Point { return vg.Point{X: 360, Y: vg.Length(60 + 18*i)} },
		"in one spot": func(int) vg.Point { return vg.Point{X: 300, Y: 200} },
		"in a corner": func(i int) vg.Point { return vg.Point{X: vg.Length(i), Y: 0} },
	}
	for name, place1 := range at {
		var labels []label
		for i := range 16 {
			labels = append(labels, label{at: place1(i), radius: 4 + vg.Length(i%3)*3, width: 110 + vg.Length(i%4)*10, height: 25})
		}
		lines := []stroke{{vg.Point{X: 200}, vg.Point{X: 200, Y: 400}}}
		places := place(labels, frame, lines)
		for i, p := range places {
			if !p.ok {
				t.Errorf("%s: no room for label %d", name, i)
				continue
			}
			if !p.within(frame) {
				t.Errorf("%s: label %d is outside: %v", name, i, p.box)
			}
			for n, l := range labels {
				if p.overlaps(around(l.at, l.radius)) {
					t.Errorf("%s: label %d covers point %d", name, i, n)
				}
				if n < i && places[n].ok && p.overlaps(places[n].box) {
					t.Errorf("%s: label %d covers label %d", name, i, n)
				}
			}
		}
	}
}

// Where there is no room for all, those that have some don't collide, and it ends.
func TestTooManyLabels(t *testing.T) {
	t.Parallel()
	var labels []label
	for range mostPoints {
		labels = append(labels, label{at: vg.Point{X: 100, Y: 50}, radius: 5, width: 120, height: 25})
	}
	placed := 0
	for _, p := range place(labels, box{0, 0, 200, 100}, nil) {
		if p.ok {
			placed++
		}
	}
	if placed == 0 || placed == mostPoints {
		t.Errorf("%d of %d labels have room", placed, mostPoints)
	}
}

func TestStrokesCross(t *testing.T) {
	t.Parallel()
	b := box{10, 10, 20, 20}
	for _, c := range []struct {
		a, b vg.Point
		want bool
	}{
		{vg.Point{X: 0, Y: 15}, vg.Point{X: 30, Y: 15}, true},   // through it
		{vg.Point{X: 15, Y: 15}, vg.Point{X: 16, Y: 16}, true},  // within it
		{vg.Point{X: 0, Y: 0}, vg.Point{X: 15, Y: 15}, true},    // into it
		{vg.Point{X: 0, Y: 5}, vg.Point{X: 30, Y: 5}, false},    // below it
		{vg.Point{X: 0, Y: 15}, vg.Point{X: 9, Y: 15}, false},   // before it
		{vg.Point{X: 0, Y: 15}, vg.Point{X: 15, Y: 30}, false},  // past its corner
		{vg.Point{X: 5, Y: 0}, vg.Point{X: 5, Y: 30}, false},    // beside it, upright
		{vg.Point{X: 15, Y: 0}, vg.Point{X: 15, Y: 30}, true},   // through it, upright
		{vg.Point{X: 15, Y: 30}, vg.Point{X: 15, Y: 30}, false}, // a point
	} {
		if got := (stroke{c.a, c.b}).crosses(b); got != c.want {
			t.Errorf("%v to %v: %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func TestApart(t *testing.T) {
	t.Parallel()
	heights := []vg.Length{1, 1, 2, 50, 99, 100}
	apart(heights, 10, 0, 100)
	for i, h := range heights {
		if h < 0 || h > 100 || i > 0 && h-heights[i-1] < 9.999 {
			t.Errorf("heights %v", heights)
			break
		}
	}
	if heights[3] != 50 {
		t.Errorf("one with room was moved to %v", heights[3])
	}
}
