package plot

import (
	"bytes"
	"fmt"
	"html"
	"image/color"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// night has the colours of a dark ground in place of those of a light one.
var night = map[color.NRGBA]color.NRGBA{
	rgb(0xffffff): rgb(0x161b22), ink: rgb(0xe6edf3), muted: rgb(0x9aa7b4), grid: rgb(0x30363d), shade: rgb(0x2a2438), grey: rgb(0x7a838d),
	warm[0]: rgb(0xff6b60), warm[3]: rgb(0xc9763a), warm[4]: rgb(0xe879a4),
	cool[0]: rgb(0x5b97f5), cool[2]: rgb(0xa083ea), cool[4]: rgb(0x6b9dcc),
	green[0]: rgb(0x4fb363), green[2]: rgb(0x3fae9f),
	pale(warm[1]): rgb(0x5f3a1a), pale(cool[0]): rgb(0x24406e), pale(green[0]): rgb(0x28482f),
}

// nightOf is the colour in which a dark picture has c.
func nightOf(c color.Color) color.Color {
	if c == nil {
		c = color.Black
	}
	if dark, ok := night[color.NRGBAModel.Convert(c).(color.NRGBA)]; ok {
		return dark
	}
	return c
}

// dusk is a canvas on which all is drawn in the colours of the night.
type dusk struct{ vg.CanvasSizer }

func (d dusk) SetColor(c color.Color) { d.CanvasSizer.SetColor(nightOf(c)) }

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02X%02X%02X", c.R, c.G, c.B) }

// nightRules are styles that turn a picture dark for a reader who has it so.
func nightRules(svg []byte) string {
	var rules []string
	for _, what := range []string{"fill", "stroke"} {
		for light, dark := range night {
			if from := what + ":" + hex(light); bytes.Contains(svg, []byte(from)) {
				rules = append(rules, fmt.Sprintf(`[style*="%s"]{%s:%s!important}`, from, what, strings.ToLower(hex(dark))))
			}
		}
	}
	return strings.Join(slices.Sorted(slices.Values(rules)), "")
}

// texts matches a text of a picture: its place, its style, and what it says.
var texts = regexp.MustCompile(`(<text [^>]*?)(\s+style="[^"]*?font-size:([0-9.]+)px[^"]*")>([^<]*)</text>`)

// adapted makes a picture one that looks the same to everybody. The fonts aren't in the
// file: each text has the width that it was laid out with, whatever font it is shown in.
// And it is dark where its reader has it so.
func adapted(svg []byte) []byte {
	svg = texts.ReplaceAllFunc(svg, func(all []byte) []byte {
		part := texts.FindSubmatch(all)
		size, err := strconv.ParseFloat(string(part[3]), 64)
		said := strings.Join(strings.Fields(html.UnescapeString(string(part[4]))), " ")
		if err != nil || said == "" {
			return all
		}
		bold := bytes.Contains(part[2], []byte("font-weight:bold"))
		width := style(vg.Length(size), bold, ink, text.XLeft, text.YTop).Width(said)
		return fmt.Appendf(nil, `%s textLength="%.2f" lengthAdjust="spacingAndGlyphs"%s>%s</text>`, part[1], width.Points(), part[2], part[4])
	})
	// Arial has the same widths as Liberation Sans.
	svg = bytes.ReplaceAll(svg, []byte("font-family:Liberation Sans;"), []byte("font-family:'Liberation Sans',Arial,Helvetica,sans-serif;"))
	if i := bytes.Index(svg, []byte("<svg")); i >= 0 {
		if end := bytes.IndexByte(svg[i:], '>'); end >= 0 {
			at := i + end + 1
			style := "\n<style>@media (prefers-color-scheme:dark){" + nightRules(svg) + "}</style>"
			svg = bytes.Join([][]byte{svg[:at], []byte(style), svg[at:]}, nil)
		}
	}
	return svg
}
