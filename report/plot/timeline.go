package plot

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"
	"time"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/results"
)

// mostStrips is how many timelines a picture has, and mostMoments how many moments one of
// them may have.
const mostStrips, mostMoments = 16, 5000

// strip is the timeline of one step.
type strip struct {
	step    results.Step
	verdict results.Verdict
	line    *results.Timeline
}

// timelines draws how loads went while something happened to them: a strip for each
// strategy, those to which the same happened in one picture.
func timelines(run results.Run, taken map[string]bool) (out []picture) {
	var order []string
	groups := map[string][]*strip{}
	seen := map[string]*strip{} // by cell: one repetition stands for all, a good one if there is any
	for _, s := range run.Steps {
		if s.Superseded || s.Series == nil || s.Series.Timeline == nil || len(s.Series.Timeline.Moments) == 0 || s.Series.Timeline.Every <= 0 {
			continue
		}
		this, key := strip{s.Step, s.Verdict, s.Series.Timeline}, happening(s.Step)
		if other := seen[s.Step.Cell()]; other != nil {
			if untrusted(other.verdict) && !untrusted(s.Verdict) {
				*other = this
			}
			continue
		}
		if groups[key] == nil {
			order = append(order, key)
		}
		seen[s.Step.Cell()] = &this
		groups[key] = append(groups[key], &this)
	}
	slices.Sort(order) // a run has its steps in an order that is drawn
	for _, key := range order[:min(len(order), report.MostSpectra)] {
		slices.SortStableFunc(groups[key], func(a, b *strip) int { return cmp.Compare(a.name(), b.name()) })
		out = append(out, timeline(unlike(taken, "timeline-"+slug(key)), run, groups[key]))
	}
	return out
}

// happening is the same for steps to which the same happens, by whatever strategy.
func happening(s results.Step) string {
	family, _, _ := strings.Cut(s.Scenario, "/")
	parts := []string{family}
	for _, a := range s.Axes {
		if a.Name != "strategy" && a.Name != "form" {
			parts = append(parts, a.Value)
		}
	}
	parts = append(parts, s.Target)
	if s.Load != nil && s.Load.Rate > 0 {
		parts = append(parts, number(s.Load.Rate))
	}
	return strings.Join(parts, " ")
}

// name tells a strip from the others in its picture.
func (s strip) name() string {
	var parts []string
	for _, a := range s.step.Axes {
		if a.Name == "strategy" || a.Name == "form" {
			parts = append(parts, a.Value)
		}
	}
	if parts == nil {
		return s.step.Label()
	}
	return strings.Join(parts, "/")
}

// answersOf are the kinds of answers from the bottom of a bar to its top. In light and dark
// they differ without their colours, too: what got no answer is hollow.
var answersOf = []struct {
	name    string
	of      func(results.Moment) int64
	fill    color.NRGBA
	outline color.NRGBA
}{
	{"let in", func(m results.Moment) int64 { return m.LetIn }, pale(cool[0]), pale(cool[0])},
	{"kept out", func(m results.Moment) int64 { return m.KeptOut }, cool[0], cool[0]},
	{"unanswered", func(m results.Moment) int64 { return m.Unanswered }, rgb(0xffffff), muted},
	{"wrong", func(m results.Moment) int64 { return m.Wrong }, warm[0], warm[0]},
}

const (
	stripHeight = vg.Length(104)
	stripGap    = vg.Length(16)
	stripNames  = vg.Length(196)
	stripScale  = vg.Length(60)
)

func timeline(name string, run results.Run, strips []*strip) picture {
	left := len(strips) - mostStrips
	strips = strips[:min(len(strips), mostStrips)]
	length, low, high := time.Duration(0), math.Inf(1), 0.0
	marks := map[string]bool{}
	for i := range strips {
		l := strips[i].line
		if n := len(l.Moments); n > mostMoments {
			cut := *l
			cut.Moments = l.Moments[:mostMoments]
			strips[i].line = &cut
			l = &cut
		}
		length = max(length, time.Duration(l.Every)*time.Duration(len(l.Moments)))
		for _, m := range l.Moments {
			if m.P99 > 0 {
				low, high = min(low, float64(m.P99)/1e6), max(high, float64(m.P99)/1e6)
			}
		}
		for _, m := range l.Marks {
			marks[m.Name] = true
		}
	}
	what := ""
	if len(marks) > 0 {
		var all []string
		for m := range marks {
			all = append(all, m)
		}
		slices.Sort(all)
		what = strings.Join(all[:min(len(all), 4)], ", ")
	}
	notes := []string{fmt.Sprintf("Bars: answers to the requests due in each %v. Line: p99 of those that should be let in, which is the slowest of few, on a logarithmic scale. Unanswered: an error, or nothing.",
		time.Duration(strips[0].line.Every))}
	title := "What is answered by the moment"
	if what != "" {
		title, notes = title+": "+what, append(notes, "Shaded, between the dashed lines: "+what+".")
	}
	if left > 0 {
		notes = append(notes, fmt.Sprintf("Not drawn for want of room: %d.", left))
	}
	foot := append(wrapped(notes, 10, footWidth), origin(run))
	page := sheet{title: title, subtitle: underWhat(run, strips[0].step), foot: foot}
	clock := axisOf{length: length, low: drawable(low), high: drawable(high)}
	height := vg.Length(len(strips))*(stripHeight+stripGap) + 170 + vg.Length(14*len(foot))
	return picture{name: name, w: spectrumWidth, h: height, shared: true, draw: func(c draw.Canvas) {
		room := page.draw(c)
		answersKey(room)
		for i, s := range strips {
			top := room.Max.Y - 34 - vg.Length(i)*(stripHeight+stripGap)
			s.draw(c, box{room.Min.X + stripNames, top - stripHeight, room.Max.X - stripScale, top}, clock)
		}
		clock.ticks(c, box{room.Min.X + stripNames, room.Max.Y - 34 - vg.Length(len(strips))*(stripHeight+stripGap) + stripGap, room.Max.X - stripScale, room.Max.Y - 34})
	}}
}

func underWhat(run results.Run, step results.Step) string {
	target := targetOf(run, step.Target)
	if step.Load == nil {
		return target
	}
	return fmt.Sprintf("%s, %s requests/s, %s arrivals, %v", target, report.Figure(step.Load.Rate), step.Load.Arrivals, time.Duration(step.Load.Duration))
}

// answersKey explains the bars, in a line above the strips.
func answersKey(c draw.Canvas) {
	x := c.Min.X + stripNames
	for _, a := range answersOf {
		b := box{x, c.Max.Y - 14, x + 14, c.Max.Y - 3}
		fillBox(c, b, a.fill)
		outlineBox(c, b, a.outline, 0.8)
		st := style(11, false, ink, text.XLeft, text.YCenter)
		c.FillText(st, vg.Point{X: x + 20, Y: c.Max.Y - 8}, a.name)
		x += st.Width(a.name) + 48
	}
}

// axisOf is what the strips of a picture share.
type axisOf struct {
	length    time.Duration
	low, high float64 // of p99, in ms
}

func (a axisOf) x(b box, t time.Duration) vg.Length {
	return b.left + (b.right-b.left)*vg.Length(min(max(float64(t)/float64(a.length), 0), 1))
}

// ticks marks whole seconds, or as few of them as have room, below the strips.
func (a axisOf) ticks(c draw.Canvas, b box) {
	every := time.Second
	for _, e := range []time.Duration{100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 30 * time.Second,
		time.Minute, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 12 * time.Hour} {
		if every = e; a.length/e <= 12 {
			break
		}
	}
	for t := time.Duration(0); t <= a.length && t/every < 100; t += every {
		x := a.x(b, t)
		c.StrokeLine2(draw.LineStyle{Color: muted, Width: 0.8}, x, b.bottom-2, x, b.bottom-6)
		c.FillText(style(11, false, ink, text.XCenter, text.YTop), vg.Point{X: x, Y: b.bottom - 9}, plain(t.Seconds())+" s")
	}
}

// draw draws a strip: bars of answers, and below them the p99.
func (s strip) draw(c draw.Canvas, b box, axis axisOf) {
	bars, tail := box{b.left, b.bottom + stripHeight*0.38, b.right, b.top}, box{b.left, b.bottom, b.right, b.bottom + stripHeight*0.30}
	for _, m := range s.line.Marks {
		from, to := axis.x(b, time.Duration(m.From)), axis.x(b, time.Duration(m.To))
		fillBox(c, box{from, b.bottom, max(to, from+2), b.top + stripGap*0.6}, shade)
	}
	for _, area := range []box{bars, tail} {
		c.StrokeLine2(draw.LineStyle{Color: grid, Width: 0.8}, area.left, area.bottom, area.right, area.bottom)
	}
	most := int64(1)
	for _, m := range s.line.Moments {
		most = max(most, m.Total())
	}
	for i, m := range s.line.Moments {
		from := axis.x(b, time.Duration(s.line.Every)*time.Duration(i))
		to := axis.x(b, time.Duration(s.line.Every)*time.Duration(i+1))
		gap := min(1, (to-from)/5)
		y := bars.bottom
		for _, a := range answersOf {
			n := a.of(m)
			if n <= 0 {
				continue
			}
			// Few are seen, too.
			part := box{from, y, to - gap, y + max((bars.top-bars.bottom)*vg.Length(n)/vg.Length(most), 2)}
			fillBox(c, part, a.fill)
			if a.fill != a.outline {
				outlineBox(c, part, a.outline, 0.5)
			}
			y = part.top
		}
	}
	for _, m := range s.line.Marks {
		for _, t := range []results.Duration{m.From, m.To} {
			x := axis.x(b, time.Duration(t))
			c.StrokeLine2(draw.LineStyle{Color: ink, Width: 0.9, Dashes: []vg.Length{3, 3}}, x, b.bottom, x, b.top+stripGap*0.6)
		}
	}
	s.tail(c, tail, axis)
	s.words(c, b)
	c.FillText(style(10, false, muted, text.XLeft, text.YCenter), vg.Point{X: b.right + 6, Y: bars.top - 6}, report.Count(most))
	c.FillText(style(10, false, muted, text.XLeft, text.YCenter), vg.Point{X: b.right + 6, Y: bars.bottom + 4}, "0")
}

// tail draws the p99 of each moment on the logarithmic scale that all strips share.
func (s strip) tail(c draw.Canvas, b box, axis axisOf) {
	if axis.high < axis.low { // no moment has one
		return
	}
	span := math.Log(max(axis.high/axis.low, 1.5))
	y := func(ms float64) vg.Length { return b.bottom + (b.top-b.bottom)*vg.Length(math.Log(ms/axis.low)/span) }
	var line []vg.Point
	end := func() {
		switch len(line) {
		case 0:
		case 1:
			c.SetColor(ink)
			c.Fill(shape(c, false, line[0], 1.4))
		default:
			c.StrokeLines(draw.LineStyle{Color: ink, Width: 1.3}, line)
		}
		line = nil
	}
	for i, m := range s.line.Moments {
		if m.P99 <= 0 {
			end()
			continue
		}
		x := (axis.x(b, time.Duration(s.line.Every)*time.Duration(i)) + axis.x(b, time.Duration(s.line.Every)*time.Duration(i+1))) / 2
		line = append(line, vg.Point{X: x, Y: y(drawable(float64(m.P99) / 1e6))})
	}
	end()
	st := style(10, false, muted, text.XLeft, text.YCenter)
	c.FillText(st, vg.Point{X: b.right + 6, Y: b.top - 2}, report.Nanoseconds(axis.high*1e6))
	c.FillText(st, vg.Point{X: b.right + 6, Y: b.bottom + 4}, report.Nanoseconds(axis.low*1e6))
}

// words names the strip, and sums up what happened while its first mark lasted.
func (s strip) words(c draw.Canvas, b box) {
	x, y := b.left-stripNames, b.top-8
	c.FillText(style(11.5, true, ink, text.XLeft, text.YCenter), vg.Point{X: x, Y: y}, s.name())
	small := style(10, false, muted, text.XLeft, text.YCenter)
	if untrusted(s.verdict) {
		y -= 15
		c.FillText(style(10, true, warm[0], text.XLeft, text.YCenter), vg.Point{X: x, Y: y}, s.verdict.String()+": not to be compared")
	}
	if len(s.line.Marks) == 0 {
		return
	}
	m := s.line.Marks[0]
	during := s.during(m)
	y -= 16
	c.FillText(small, vg.Point{X: x, Y: y}, m.Name+":")
	total := during.Total()
	for _, a := range answersOf {
		n := a.of(during)
		y -= 13
		if n == 0 || total == 0 {
			y += 13
			continue
		}
		c.FillText(small, vg.Point{X: x, Y: y}, fmt.Sprintf("%s %s of %s", a.name, report.Count(n), report.Count(total)))
	}
}

// during adds up the moments that lie within a mark.
func (s strip) during(m results.Mark) (sum results.Moment) {
	for i, moment := range s.line.Moments {
		from := s.line.Every * results.Duration(i)
		if from < m.From || from+s.line.Every > max(m.To, m.From+s.line.Every) {
			continue
		}
		sum.LetIn, sum.KeptOut, sum.Wrong, sum.Unanswered = sum.LetIn+moment.LetIn, sum.KeptOut+moment.KeptOut, sum.Wrong+moment.Wrong, sum.Unanswered+moment.Unanswered
	}
	return sum
}

func fillBox(c draw.Canvas, b box, col color.Color) {
	c.FillPolygon(col, []vg.Point{{X: b.left, Y: b.bottom}, {X: b.right, Y: b.bottom}, {X: b.right, Y: b.top}, {X: b.left, Y: b.top}})
}

func outlineBox(c draw.Canvas, b box, col color.Color, width vg.Length) {
	c.StrokeLines(draw.LineStyle{Color: col, Width: width}, []vg.Point{{X: b.left, Y: b.bottom}, {X: b.right, Y: b.bottom}, {X: b.right, Y: b.top}, {X: b.left, Y: b.top}, {X: b.left, Y: b.bottom}})
}
