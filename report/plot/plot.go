// Package plot draws a record: for each target and load the percentile spectrum, all
// cells in one picture, the cost of single operations, and the size of tokens. It is the only user of
// gonum plot.
//
// [Files] draws everything, each picture as SVG and as PNG. A colour stands for the
// same cell in every picture of a run: warm for opaque tokens, cool for self-contained
// ones, grey for what can't be trusted. The dashes of a line are its strategy's.
package plot

import (
	"bytes"
	"cmp"
	"fmt"
	"image/color"
	"io"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/oauthmark/oauthmark/report"
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
}

// Files draws the document and returns the files by name, such as
// spectrum-reference-200-poisson.svg; it is empty when the run holds nothing to draw.
func Files(doc report.Document) (files map[string][]byte, err error) {
	files = map[string][]byte{}
	for _, p := range pictures(doc) {
		if files[p.name+".svg"], err = p.svg(); err != nil {
			return nil, fmt.Errorf("plot %s: %w", p.name, err)
		}
		if files[p.name+".png"], err = p.png(); err != nil {
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
	var out []picture
	looks := looksOf(cells)
	taken := map[string]bool{}
	spectra := stats.Spectra(cells)
	for _, group := range spectra[:min(len(spectra), report.MostSpectra)] {
		offered := group[0].Offered()
		name := "spectrum-" + slug(group[0].Step.Target) + "-" + number(offered.Rate) + "-" + slug(string(cmp.Or(offered.Arrivals, results.Constant)))
		if family := group[0].Family(); family != "load" {
			name += "-" + slug(family)
		}
		// Two names that differ may have one slug.
		for n, base := 2, name; taken[name]; n++ {
			name = base + "-" + strconv.Itoa(n)
		}
		taken[name] = true
		out = append(out, spectrum(name, run, group, looks))
	}
	out = append(out, costCharts(run)...)
	if sizes := tokenSizes(run); len(sizes) > 0 {
		out = append(out, sizeChart(run, sizes))
	}
	return out
}

func (p picture) svg() ([]byte, error) {
	c := vgsvg.New(p.w, p.h)
	p.draw(draw.New(c))
	out, err := write(c)
	// The fonts aren't in the file. Arial has the same widths as Liberation Sans, so
	// the layout holds where that isn't installed.
	return bytes.ReplaceAll(out, []byte("font-family:Liberation Sans;"), []byte("font-family:'Liberation Sans',Arial,Helvetica,sans-serif;")), err
}

func (p picture) png() ([]byte, error) {
	c := vgimg.NewWith(vgimg.UseWH(p.w, p.h), vgimg.UseDPI(dpi), vgimg.UseBackgroundColor(color.White))
	p.draw(draw.New(c))
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
