package report

import (
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
		case group[0].Closed():
			out = append(out, loop(sound)...)
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
// where p99 doesn't tell them apart.
func kinds(cells []stats.Cell) []string {
	best := make([]stats.Cell, len(quantiles))
	for i, by := range quantiles {
		var ok bool
		if best[i], ok = bestAlone(cells, by.q); !ok {
			return nil
		}
	}
	var out []string
	for _, o := range cells {
		if class(o) != opaque {
			continue
		}
		told := ""
		var unsure []string
		for i, by := range quantiles {
			s := best[i]
			fast, slow := s, o
			if at(o, by.q) < at(s, by.q) {
				fast, slow = o, s
			}
			figures := fmt.Sprintf("%s with %s, %s with %s", quantile(fast, by.q), fast.Name(), quantile(slow, by.q), slow.Name())
			times, sure := compare(slow, fast, by.q)
			if sure {
				told = fmt.Sprintf("On %s, %s tokens are %s faster than %s ones at %s: %s.", Load(o), class(fast), times, class(slow), by.name, figures)
				break
			}
			unsure = append(unsure, fmt.Sprintf("%s at %s (%s)", figures, by.name, times))
		}
		if told == "" {
			told = fmt.Sprintf("On %s, no significant difference was seen between self-contained tokens and opaque ones with %s: %s.",
				Load(o), o.Step.Axis("strategy").Value, strings.Join(unsure, "; "))
		}
		out = append(out, told)
	}
	return out
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

// latency compares every cell with the one whose p99 is lowest.
func latency(cells []stats.Cell) []string {
	if len(cells) < 2 {
		return nil
	}
	first := slices.MinFunc(cells, func(a, b stats.Cell) int { return int(at(a, 0.99) - at(b, 0.99)) })
	var rest []string
	for _, c := range cells {
		if c.Step.ID != first.Step.ID {
			text, sure := compare(c, first, 0.99)
			if text = ", " + text; !sure {
				text = " (" + text[2:] + ")"
			}
			rest = append(rest, fmt.Sprintf("%s in %s%s", c.Name(), quantile(c, 0.99), text))
		}
	}
	return []string{fmt.Sprintf("%s answers at p99 in %s (median %s); %s.", first.Name(), quantile(first, 0.99), quantile(first, 0.5), strings.Join(rest, "; "))}
}

// cpu compares what a request costs the servers, which is steadier than time.
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
	least := slices.MinFunc(known, func(a, b stats.Cell) int { return int(1e3 * (us(a) - us(b))) })
	var rest []string
	for _, c := range known {
		if c.Step.ID != least.Step.ID {
			text, sure := times(c, least, cost)
			if text = ", " + text; !sure {
				text = " (" + text[2:] + ")"
			}
			rest = append(rest, fmt.Sprintf("%s %s us%s", c.Name(), Figure(us(c)), text))
		}
	}
	return []string{fmt.Sprintf("A request costs the servers least with %s, %s us of CPU; %s.", least.Name(), Figure(us(least)), strings.Join(rest, "; "))}
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
