package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// opaque and selfContained are the classes of forms of token.
const (
	opaque        = "opaque"
	selfContained = "self-contained"
)

func class(c stats.Cell) string {
	_, class := c.Form()
	return class
}

// answer says in sentences what the cells measured, from their figures alone. Cells
// that didn't pass are named with their verdict, and not compared.
func answer(cells []stats.Cell) []string {
	var out []string
	loads := map[string]bool{}
	for _, c := range cells {
		if !c.Step.Floor {
			loads[Load(c)] = true
		}
	}
	for _, group := range stats.ByLoad(cells) {
		group = slices.DeleteFunc(slices.Clone(group), func(c stats.Cell) bool { return c.Step.Floor })
		sound := slices.DeleteFunc(slices.Clone(group), func(c stats.Cell) bool { return !c.Sound() })
		switch {
		case len(group) == 0:
			continue
		case slices.ContainsFunc(sound, eventful):
			out = append(out, meanwhile(sound)...)
		case group[0].Closed():
			out = append(out, loop(sound)...)
		case group[0].Family() != "load" && slices.ContainsFunc(group, found):
			// Its figures are what it is read by: its load is in trouble on purpose.
		default:
			var between []string
			if group[0].Family() == "load" {
				between = kinds(sound)
			}
			if between == nil {
				between = latency(sound)
			}
			for _, said := range append(between, cpu(sound)...) {
				if len(loads) > 1 && !strings.HasPrefix(said, "On ") {
					said = "On " + Load(group[0]) + ": " + said
				}
				out = append(out, said)
			}
		}
		out = append(out, notCompared(group)...)
	}
	return out
}

// found reports whether a scenario tells more of a cell than its latency.
func found(c stats.Cell) bool {
	return slices.ContainsFunc(c.Steps, func(r stats.Repetition) bool { return len(r.Figures) > 0 || r.Series.Timeline != nil })
}

// notCompared names the cells that aren't sound, those with one reason together.
func notCompared(cells []stats.Cell) []string {
	var order []string
	names := map[string][]string{}
	for _, c := range cells {
		if c.Sound() {
			continue
		}
		why := fmt.Sprintf("on %s, %s%s", Load(c), c.Verdict, because(c.Reason))
		if disturbed(c) {
			why = fmt.Sprintf("on %s, disturbed by the machine or the generator", Load(c))
		}
		if names[why] == nil {
			order = append(order, why)
		}
		names[why] = append(names[why], c.Name()+of(c))
	}
	var out []string
	for _, why := range order {
		out = append(out, fmt.Sprintf("Not compared: %s %s.", strings.Join(names[why], ", "), why))
	}
	return out
}

func disturbed(c stats.Cell) bool {
	return len(c.Steps) > 0 && c.Verdict == results.Inconclusive && slices.ContainsFunc(c.Steps, func(r stats.Repetition) bool { return r.Disturbed })
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return " (" + reason + ")"
}

// quantiles are those by which cells are compared, the first first.
var quantiles = []struct {
	q    float64
	name string
}{{0.99, "p99"}, {0.5, "the median"}}

// kinds answers the question itself: each way with opaque tokens against the best way
// with self-contained ones that asks the issuer nothing, by p99, and by the median
// where p99 doesn't tell them apart. Those that neither tells apart share a sentence.
func kinds(cells []stats.Cell) []string {
	best := make([]stats.Cell, len(quantiles))
	for i, by := range quantiles {
		var ok bool
		if best[i], ok = bestAlone(cells, by.q); !ok {
			return nil
		}
	}
	var out, whys, order []string
	alike := map[string][]string{} // by why
	sureOf := map[string][]faster{}
	for _, o := range cells {
		if class(o) != opaque {
			continue
		}
		told, why := false, ""
		for i, by := range quantiles {
			f := faster{fast: best[i], slow: o, q: by.q, name: by.name}
			if at(o, by.q) < at(best[i], by.q) {
				f.fast, f.slow = o, best[i]
			}
			var sure bool
			if f.times, sure = compare(f.slow, f.fast, by.q); sure {
				key := class(f.fast) + by.name
				if sureOf[key] == nil {
					order = append(order, key)
				}
				sureOf[key], told = append(sureOf[key], f), true
				break
			}
			why = cmp.Or(why, f.times)
		}
		if !told {
			if alike[why] == nil {
				whys = append(whys, why)
			}
			alike[why] = append(alike[why], o.Name())
		}
	}
	for _, key := range order {
		out = append(out, sentence(sureOf[key]))
	}
	for _, why := range whys {
		out = append(out, fmt.Sprintf("On %s, no significant difference was seen between %s and %s (%s).", Load(cells[0]), best[0].Name(), list(alike[why]), why))
	}
	return out
}

// faster is a difference that is sure, at one quantile.
type faster struct {
	fast, slow stats.Cell
	q          float64
	name       string
	times      string
}

// other is the cell with opaque tokens, which is another in each comparison.
func (f faster) other() stats.Cell {
	if class(f.fast) == opaque {
		return f.fast
	}
	return f.slow
}

// sentence says all comparisons in which the same kind of token is faster at the same
// quantile: of several the nearest and the farthest, for the table has them all.
func sentence(all []faster) string {
	f := all[0]
	if len(all) == 1 {
		return fmt.Sprintf("On %s, %s tokens are %s faster than %s ones at %s: %s with %s, %s with %s.",
			Load(f.fast), class(f.fast), f.times, class(f.slow), f.name, quantile(f.fast, f.q), f.fast.Name(), quantile(f.slow, f.q), f.slow.Name())
	}
	by := func(a, b faster) int {
		return cmp.Compare(at(a.slow, a.q)/at(a.fast, a.q), at(b.slow, b.q)/at(b.fast, b.q))
	}
	near, far := slices.MinFunc(all, by), slices.MaxFunc(all, by)
	who, than := "self-contained tokens are", fmt.Sprintf("opaque ones with %d strategies", len(all))
	if class(f.fast) == opaque {
		who, than = fmt.Sprintf("opaque tokens with %d strategies are", len(all)), "self-contained ones"
	}
	mine := f.fast
	if class(f.fast) == opaque {
		mine = f.slow
	}
	return fmt.Sprintf("On %s, %s faster than %s at %s: %s with %s; %s with %s, %s; %s with %s, %s.", Load(f.fast), who, than, f.name,
		quantile(mine, f.q), mine.Name(), quantile(near.other(), f.q), near.other().Name(), near.times, quantile(far.other(), f.q), far.other().Name(), far.times)
}

// list joins names as a sentence does.
func list(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

// compare says how many times as large the quantile of slow is, with the interval; or,
// where that isn't sure, why.
func compare(slow, fast stats.Cell, q float64) (text string, sure bool) {
	a, ok1 := slow.Interval(q)
	b, ok2 := fast.Interval(q)
	if !ok1 || !ok2 {
		return "too few samples", false
	}
	text, sure = times(slow, fast, stats.At(q))
	if sure && a.Low <= b.High {
		return "the intervals overlap", false
	}
	return text, sure
}

// times says how many times as large a figure of one cell is as that of another; or, where
// it isn't sure that it is larger at all, why.
func times(a, b stats.Cell, figure func(stats.Cell) (float64, bool)) (text string, sure bool) {
	ratio, r, ok := stats.Ratio(a, b, figure)
	switch {
	case !ok:
		return "measured once", false
	case r.Low <= 1:
		return "within chance", false
	}
	return fmt.Sprintf("%s times (%s to %s)", Figure(ratio), Figure(r.Low), Figure(r.High)), true
}

// bestAlone is the cell with self-contained tokens whose quantile q is lowest, among
// those whose resource server was seen to ask the issuer about none of them.
func bestAlone(cells []stats.Cell, q float64) (lowest stats.Cell, ok bool) {
	for _, c := range cells {
		if questions, _, seen := c.Calls(); class(c) != selfContained || !seen || questions > 0 {
			continue
		}
		if !ok || at(c, q) < at(lowest, q) {
			lowest, ok = c, true
		}
	}
	return lowest, ok
}

// latency says whose p99 is lowest, and whose is highest.
func latency(cells []stats.Cell) []string {
	if len(cells) < 2 {
		return nil
	}
	byTail := func(a, b stats.Cell) int { return cmp.Compare(at(a, 0.99), at(b, 0.99)) }
	first, last := slices.MinFunc(cells, byTail), slices.MaxFunc(cells, byTail)
	if first.Step.ID == last.Step.ID {
		return nil // there is no telling
	}
	text, sure := compare(last, first, 0.99)
	return []string{fmt.Sprintf("On %s%s, %s answers at p99 in %s, the soonest; %s in %s, the latest%s.", Load(first), of(first), first.Name(), quantile(first, 0.99),
		last.Name(), quantile(last, 0.99), aside(text, sure))}
}

// aside is a ratio after a figure, in brackets where it is only why there is none.
func aside(text string, sure bool) string {
	if sure {
		return ", " + text
	}
	return " (" + text + ")"
}

// cpu says what costs the servers least for a request, which is steadier than time, and
// what costs them most.
func cpu(cells []stats.Cell) []string {
	components := stats.Components(cells)
	cost := func(c stats.Cell) (float64, bool) { return c.ServerCPU(components) }
	var known []stats.Cell
	for _, c := range cells {
		if us, ok := cost(c); ok && us > 0 {
			known = append(known, c)
		}
	}
	if len(known) < 2 {
		return nil
	}
	us := func(c stats.Cell) float64 { v, _ := cost(c); return v }
	by := func(a, b stats.Cell) int { return cmp.Compare(us(a), us(b)) }
	least, most := slices.MinFunc(known, by), slices.MaxFunc(known, by)
	if least.Step.ID == most.Step.ID {
		return nil
	}
	text, sure := times(most, least, cost)
	return []string{fmt.Sprintf("On %s%s, a request costs the servers least with %s, %s us of CPU; most with %s, %s us%s.", Load(least), of(least), least.Name(), Figure(us(least)),
		most.Name(), Figure(us(most)), aside(text, sure))}
}

// loop says what closed arrivals measured, which is no capacity: a server that answers
// more at once isn't asked.
func loop(cells []stats.Cell) []string {
	var parts []string
	for _, c := range cells {
		parts = append(parts, fmt.Sprintf("%s answers %s requests/s", c.Name(), Figure(c.Throughput())))
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("In a closed loop (%s), where each worker waits for its answer, %s.", Load(cells[0]), strings.Join(parts, ", "))}
}

// at is the quantile q of a cell, in nanoseconds.
func at(c stats.Cell, q float64) float64 { return float64(stats.Quantile(c.Response, q)) }
