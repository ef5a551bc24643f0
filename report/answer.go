package report

import (
	"fmt"
	"strings"

	"github.com/oauthmark/oauthmark/report/stats"
)

// The token kinds, as a step names them.
const (
	opaque        = "opaque"
	selfContained = "self-contained"
)

// answer says in sentences what the cells measured, from their figures alone. Cells
// that didn't pass are named with their verdict, and not compared.
func answer(cells []stats.Cell) []string {
	var out []string
	for _, group := range stats.ByLoad(cells) {
		var sound, rest []stats.Cell
		for _, c := range group {
			if c.Sound() {
				sound = append(sound, c)
			} else {
				rest = append(rest, c)
			}
		}
		if group[0].Closed() {
			out = append(out, capacity(sound)...)
		} else {
			out = append(out, kinds(sound)...)
			out = append(out, latency(sound)...)
			out = append(out, cpu(sound)...)
			out = append(out, calls(sound)...)
		}
		for _, c := range rest {
			out = append(out, fmt.Sprintf("Not compared: %s on %s, which is %s%s.", c.Name(), Load(c), c.Verdict, because(c.Reason)))
		}
	}
	return out
}

func because(reason string) string {
	if reason == "" {
		return ""
	}
	return " (" + reason + ")"
}

// kinds answers the question itself: the best of either token kind against the other.
func kinds(cells []stats.Cell) []string {
	best := map[string]stats.Cell{}
	for _, c := range cells {
		if b, ok := best[c.Step.Kind]; !ok || tail(c) < tail(b) {
			best[c.Step.Kind] = c
		}
	}
	o, ok := best[opaque]
	s, also := best[selfContained]
	if !ok || !also {
		return nil
	}
	fast, slow := s, o
	if tail(o) < tail(s) {
		fast, slow = o, s
	}
	if verdict, why := apart(fast, slow); !verdict {
		return []string{fmt.Sprintf("On %s, %s and %s tokens can't be told apart by their p99: %s has %s, %s has %s (%s).", Load(fast),
			fast.Step.Kind, slow.Step.Kind, fast.Name(), quantile(fast, 0.99), slow.Name(), quantile(slow, 0.99), why)}
	}
	return []string{fmt.Sprintf("On %s, %s tokens answer sooner: p99 is %s with %s, and %s with %s, the fastest way with %s tokens (%s).", Load(fast),
		fast.Step.Kind, quantile(fast, 0.99), fast.Name(), quantile(slow, 0.99), slow.Name(), slow.Step.Kind, ratio(tail(slow), tail(fast)))}
}

// latency compares every cell with the one whose p99 is lowest.
func latency(cells []stats.Cell) []string {
	if len(cells) < 2 {
		return nil
	}
	least := 0
	for i, c := range cells {
		if tail(c) < tail(cells[least]) {
			least = i
		}
	}
	first := cells[least]
	var rest []string
	for i, c := range cells {
		if i == least {
			continue
		}
		text := fmt.Sprintf("%s in %s (%s", c.Name(), quantile(c, 0.99), ratio(tail(c), tail(first)))
		if verdict, why := apart(first, c); !verdict {
			text += ", " + why
		}
		rest = append(rest, text+")")
	}
	return []string{fmt.Sprintf("%s answers at p99 in %s (median %s); %s.", first.Name(), quantile(first, 0.99), quantile(first, 0.5), strings.Join(rest, "; "))}
}

// cpu compares what a request costs the servers, which is steadier than time.
func cpu(cells []stats.Cell) []string {
	components := stats.Components(cells)
	type entry struct {
		name string
		us   float64
	}
	var all []entry
	least := -1
	for _, c := range cells {
		us, ok := c.ServerCPU(components)
		if !ok || us <= 0 {
			continue
		}
		all = append(all, entry{c.Name(), us})
		if least < 0 || us < all[least].us {
			least = len(all) - 1
		}
	}
	if len(all) < 2 {
		return nil
	}
	var rest []string
	for i, e := range all {
		if i != least {
			rest = append(rest, fmt.Sprintf("%s %s us (%s)", e.name, Figure(e.us), ratio(e.us, all[least].us)))
		}
	}
	return []string{fmt.Sprintf("A request costs the servers least with %s, %s us of CPU; %s.", all[least].name, Figure(all[least].us), strings.Join(rest, ", "))}
}

// calls says how often the resource server asked the issuer.
func calls(cells []stats.Cell) []string {
	var some, none []string
	for _, c := range cells {
		switch n, ok := c.Introspections(); {
		case ok && n > 0:
			some = append(some, fmt.Sprintf("%s introspects %s times", c.Name(), Figure(n)))
		case ok:
			none = append(none, c.Name())
		}
	}
	if len(some) == 0 {
		return nil
	}
	text := "For 1,000 requests " + strings.Join(some, ", ")
	if len(none) > 0 {
		text += "; never: " + strings.Join(none, ", ")
	}
	return []string{text + "."}
}

func capacity(cells []stats.Cell) []string {
	var parts []string
	for _, c := range cells {
		parts = append(parts, fmt.Sprintf("%s answers %s requests/s", c.Name(), Figure(c.Throughput())))
	}
	if len(parts) == 0 {
		return nil
	}
	return []string{fmt.Sprintf("At capacity (%s), %s.", Load(cells[0]), strings.Join(parts, ", "))}
}

// apart reports whether the repetitions of two cells tell their p99 apart, and if
// not, why.
func apart(a, b stats.Cell) (bool, string) {
	x, several := a.Spread(p99)
	y, also := b.Spread(p99)
	switch {
	case !several || !also:
		// Nothing says how far a second repetition would have been from the first.
		return true, ""
	case x.Overlaps(y):
		return false, "the repetitions overlap"
	}
	return true, ""
}

func tail(c stats.Cell) float64 { return float64(stats.Quantile(c.Response, 0.99)) }

func ratio(a, b float64) string { return Times(a / b) }
