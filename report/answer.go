package report

import (
	"fmt"
	"strings"

	"github.com/oauthmark/oauthmark/report/stats"
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
			var between []string
			if group[0].Family() == "load" {
				between = kinds(sound)
			}
			if between == nil {
				between = latency(sound)
			}
			out = append(append(out, between...), cpu(sound)...)
		}
		for _, c := range rest {
			out = append(out, fmt.Sprintf("Not compared: %s on %s, which is %s%s.", c.Name()+of(c), Load(c), c.Verdict, because(c.Reason)))
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

// kinds answers the question itself: each way with opaque tokens against the best way
// with self-contained ones that asks the issuer nothing, by p99, and by the median
// where p99 doesn't tell them apart.
func kinds(cells []stats.Cell) []string {
	quantiles := []struct {
		q    float64
		name string
		best stats.Cell
	}{{q: 0.99, name: "p99"}, {q: 0.5, name: "median"}}
	for i := range quantiles {
		var ok bool
		if quantiles[i].best, ok = bestAlone(cells, quantiles[i].q); !ok {
			return nil
		}
	}
	var out []string
	for _, o := range cells {
		if class(o) != opaque {
			continue
		}
		var told, why string
		for _, by := range quantiles {
			fast, slow := by.best, o
			if at(o, by.q) < at(by.best, by.q) {
				fast, slow = o, by.best
			}
			figures := fmt.Sprintf("%s %s with %s, %s with %s", by.name, quantile(fast, by.q), fast.Name(), quantile(slow, by.q), slow.Name())
			apart, chance := stats.Apart(fast, slow, by.q)
			if apart {
				told = fmt.Sprintf("On %s, %s tokens answer %s sooner than %s ones: %s.", Load(o), class(fast), ratio(at(slow, by.q), at(fast, by.q)), class(slow), figures)
				break
			}
			if why != "" {
				why += "; "
			}
			why += figures + " (" + chance + ")"
		}
		if told == "" {
			told = fmt.Sprintf("On %s, self-contained tokens and opaque ones with %s can't be told apart: %s.", Load(o), o.Step.Axis("strategy").Value, why)
		}
		out = append(out, told)
	}
	return out
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
	least := 0
	for i, c := range cells {
		if at(c, 0.99) < at(cells[least], 0.99) {
			least = i
		}
	}
	first := cells[least]
	var rest []string
	for i, c := range cells {
		if i == least {
			continue
		}
		text := fmt.Sprintf("%s in %s (%s", c.Name(), quantile(c, 0.99), ratio(at(c, 0.99), at(first, 0.99)))
		if told, why := stats.Apart(first, c, 0.99); !told {
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
	least, once := -1, false
	for _, c := range cells {
		us, ok := c.ServerCPU(components)
		if !ok || us <= 0 {
			continue
		}
		once = once || len(c.Steps) == 1
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
	text := fmt.Sprintf("A request costs the servers least with %s, %s us of CPU; %s", all[least].name, Figure(all[least].us), strings.Join(rest, ", "))
	if once {
		text += "; measured once, so small differences may be chance"
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

// at is the quantile q of a cell, in nanoseconds.
func at(c stats.Cell, q float64) float64 { return float64(stats.Quantile(c.Response, q)) }

func ratio(a, b float64) string { return Times(a / b) }
