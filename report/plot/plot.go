// Package plot draws a record: for each target and load what each strategy trades for what,
// and the percentile spectrum, all cells in one picture; the load of the issuer by rate,
// outages as timelines, the cost of single operations, and the size of tokens. It is the
// only user of gonum plot.
//
// [Files] draws everything, each picture as SVG, which is light or dark as its reader has
// it, and as PNG. A colour stands for the
// same cell in every picture of a run: warm for opaque tokens, cool for self-contained
// ones, grey for what can't be trusted. The dashes of a line are its strategy's.
package plot

import (
	"bytes"
	"cmp"
	"fmt"
	"image/color"
	"io"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/report/choose"
	"github.com/oauthmark/oauthmark/report/stats"
	"github.com/oauthmark/oauthmark/results"
)

// dpi makes a PNG sharp on a screen of high density.
const dpi = 144

// picture is something to draw, not yet in any format.
type picture struct {
	name string
	w, h vg.Length
	draw func(draw.Canvas)
	// shared is a picture that people put elsewhere, onto whatever ground there is: it has
	// a PNG for a dark one, too.
	shared bool
}

// Files draws the document and returns the files by name, such as
// spectrum-reference-200-poisson.svg; it is empty when the run holds nothing to draw.
func Files(doc report.Document) (files map[string][]byte, err error) {
	files = map[string][]byte{}
	for _, p := range pictures(doc) {
		if files[p.name+".svg"], err = p.svg(); err != nil {
			return nil, fmt.Errorf("plot %s: %w", p.name, err)
		}
		if files[p.name+".png"], err = p.png(false); err != nil {
			return nil, fmt.Errorf("plot %s: %w", p.name, err)
		}
		if !p.shared {
			continue
		}
		if files[p.name+"-dark.png"], err = p.png(true); err != nil {
			return nil, fmt.Errorf("plot %s: %w", p.name, err)
		}
	}
	return files, nil
}

// Figure is a picture by itself, for a report that holds it.
type Figure struct {
	Name string // of the file, without an ending
	SVG  []byte
}

// Figures draws the document as SVG alone, in the order in which a report shows them.
func Figures(doc report.Document) ([]Figure, error) {
	var out []Figure
	for _, p := range pictures(doc) {
		svg, err := p.svg()
		if err != nil {
			return nil, fmt.Errorf("plot %s: %w", p.name, err)
		}
		out = append(out, Figure{p.name, svg})
	}
	return out, nil
}

func pictures(doc report.Document) []picture {
	cells, run := doc.Cells, doc.Run
	looks := looksOf(cells)
	taken := map[string]bool{}
	candidates := choose.Candidates(run, cells)
	out := slices.Concat(tradeoffs(run, cells, candidates, taken), issuerLoads(run, candidates, looks, taken), timelines(run, taken))
	spectra := stats.Spectra(cells)
	for _, group := range spectra[:min(len(spectra), report.MostSpectra)] {
		offered := group[0].Offered()
		name := "spectrum-" + slug(group[0].Step.Target) + "-" + number(offered.Rate) + "-" + slug(string(cmp.Or(offered.Arrivals, results.Constant)))
		if family := group[0].Family(); family != "load" {
			name += "-" + slug(family)
		}
		out = append(out, spectrum(unlike(taken, name), run, group, looks))
	}
	out = append(out, costCharts(run)...)
	if sizes := tokenSizes(run); len(sizes) > 0 {
		out = append(out, sizeChart(run, sizes))
	}
	return out
}

// unlike is the name, or one like it that no other picture has: two names that differ may
// have one slug.
func unlike(taken map[string]bool, name string) string {
	for n, base := 2, name; taken[name]; n++ {
		name = base + "-" + strconv.Itoa(n)
	}
	taken[name] = true
	return name
}

func (p picture) svg() ([]byte, error) {
	c := vgsvg.New(p.w, p.h)
	p.draw(draw.New(c))
	out, err := write(c)
	return adapted(out), err
}

func (p picture) png(dark bool) ([]byte, error) {
	ground := color.Color(color.White)
	if dark {
		ground = nightOf(ground)
	}
	c := vgimg.NewWith(vgimg.UseWH(p.w, p.h), vgimg.UseDPI(dpi), vgimg.UseBackgroundColor(ground))
	if dark {
		p.draw(draw.New(dusk{c}))
	} else {
		p.draw(draw.New(c))
	}
	return write(vgimg.PngCanvas{Canvas: c})
}

func write(c io.WriterTo) ([]byte, error) {
	var buf bytes.Buffer
	_, err := c.WriteTo(&buf)
	return buf.Bytes(), err
}

// longest is how many characters a part of a file's name may have.
const longest = 40

func number(v float64) string {
	s := strconv.FormatFloat(v, 'f', -1, 64)
	return s[:min(len(s), longest)]
}

// slug makes a name safe as part of a file's.
func slug(s string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, s[:min(len(s), longest)]), "-")
}
