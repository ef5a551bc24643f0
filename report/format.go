package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Nanoseconds writes a time with 3 significant digits and its unit: 148 ns, 91.2 us,
// 3.10 ms, 1.91 s.
func Nanoseconds(ns float64) string {
	units := []string{"ns", "us", "ms", "s"}
	i := 0
	// 999.5 rounds to 1000, which is 1.00 of the next unit.
	for math.Abs(ns) >= 999.5 && i < len(units)-1 {
		ns /= 1000
		i++
	}
	return Figure(ns) + " " + units[i]
}

// Figure writes a number with 3 significant digits, or all the digits of a longer
// integer part, and commas between thousands: 0.125, 4.00, 37.2, 1,540.
func Figure(v float64) string {
	abs := math.Abs(v)
	digits := 0
	switch {
	case v == 0:
		return "0"
	case abs < 0.9995:
		digits = min(2-int(math.Floor(math.Log10(abs))), 6)
	case abs < 9.995:
		digits = 2
	case abs < 99.95:
		digits = 1
	}
	return group(strconv.FormatFloat(v, 'f', digits, 64))
}

// Count writes an integer with commas between thousands.
func Count(n int64) string { return group(strconv.FormatInt(n, 10)) }

// Times writes a ratio, as in 3.41x.
func Times(ratio float64) string { return Figure(ratio) + "x" }

// group puts commas into the integer part of a decimal number.
func group(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = "-", s[1:]
	}
	whole, fraction, found := strings.Cut(s, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if found {
		whole += "." + fraction
	}
	return sign + whole
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}

// join leaves out what is empty.
func join(sep string, parts ...string) string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, sep)
}
