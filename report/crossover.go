package report

import (
	"fmt"

	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// cacheFamily is the scenario whose cells have a cache of another time to live each.
const cacheFamily = "cache"

// crossover is where opaque tokens whose introspection is remembered cost as much as
// self-contained ones, by one figure: at which hit ratio, and so at which time to live.
type crossover struct {
	load, self string
	by, takes  string // the figure, and what it is with self-contained tokens
	crossing
	within string // which hit ratios, with a space before it; empty where nothing else may be
	unsure bool   // it may be below all of them, and above
}

// crossovers are those of the groups of cells that have caches, one list for each load.
func crossovers(cells []stats.Cell) (out [][]crossover) {
	for _, group := range stats.ByLoad(cells) {
		if group[0].Family() != cacheFamily || group[0].Closed() {
			continue
		}
		var found []crossover
		components := stats.Components(group)
		for _, self := range group {
			if class(self) != selfContained || !self.Sound() {
				continue
			}
			for _, by := range []struct {
				name string
				of   func(stats.Cell) (spread, bool)
				show func(float64) string
			}{
				{byCPU, func(c stats.Cell) (spread, bool) { return cpuSpread(c, components) }, func(us float64) string { return Figure(us) + " us" }},
				{"p99", p99Spread, Nanoseconds},
			} {
				takes, ok := by.of(self)
				points := cachePoints(group, by.of)
				if ok && len(points) > 0 {
					x := crossover{load: Load(group[0]), self: self.Name(), by: by.name, takes: by.show(takes.middle), crossing: cross(points, takes, middle, middle)}
					x.within, x.unsure = between(points, takes)
					found = append(found, x)
				}
			}
		}
		if found != nil {
			out = append(out, found)
		}
	}
	return out
}

// byCPU names the figure that is steadier than time.
const byCPU = "CPU"

// crossoverSection lists the crossovers, a table for each load.
func crossoverSection(_ results.Run, cells []stats.Cell) (out Section) {
	for _, found := range crossovers(cells) {
		t := Table{Title: "Crossover of opaque and self-contained tokens on " + found[0].load,
			Columns: []Column{{Name: "self-contained"}, {Name: "by"}, {Name: "it takes", Numeric: true}, {Name: "opaque, cached"}, {Name: "hit ratio", Numeric: true}, {Name: "ttl"}},
			Notes: []string{"The hit ratio from which on opaque tokens cost no more, on a line between the two caches that were measured on either side of it, whose ttl are told. " +
				"Hits are requests without a question to the issuer. In brackets: as far as the intervals of the p99, or the lowest and highest repetitions of the CPU, allow.",
				"by CPU: of all servers, for each request."}}
		for _, x := range found {
			row := []string{x.self, x.by, x.takes, x.says(), x.ratio() + x.within, x.ttl()}
			if x.unsure {
				row = []string{x.self, x.by, x.takes, "within chance", "-", "-"}
			}
			t.Rows = append(t.Rows, Row{row, results.Pass})
		}
		out.Tables = append(out.Tables, t)
	}
	return out
}

// crossoverAnswer says in sentences where they cost the servers the same.
func crossoverAnswer(cells []stats.Cell) (out []string) {
	for _, found := range crossovers(cells) {
		for _, x := range found {
			if x.by != byCPU || x.unsure {
				continue
			}
			said := fmt.Sprintf("as much CPU as %s at a hit ratio of %s%s, with a ttl of %s", x.self, x.ratio(), x.within, x.ttl())
			switch {
			case x.from == nil:
				said = fmt.Sprintf("less CPU than %s with each cache that was measured, whose hit ratios begin at %s%s", x.self, share(x.hits), x.within)
			case x.to == nil:
				said = fmt.Sprintf("more CPU than %s with each cache that was measured, whose hit ratios end at %s%s", x.self, share(x.hits), x.within)
			}
			out = append(out, fmt.Sprintf("On %s, opaque tokens whose introspection is cached cost the servers %s.", x.load, said))
		}
	}
	return out
}
