package scenarios

import (
	"fmt"
	"strings"
	"time"
)

// Level is a service level: so large a share of the answers comes within that time, and
// none is wrong.
type Level struct {
	Name     string // p99
	Quantile float64
	Within   time.Duration
}

// DefaultLevel is the one that nobody else asked for.
const DefaultLevel = "p99=100ms"

// levelNames are the shares that a level may be of.
var levelNames = []struct {
	name     string
	quantile float64
}{{"p50", 0.5}, {"p90", 0.9}, {"p95", 0.95}, {"p99", 0.99}, {"p99.9", 0.999}}

// ParseLevel reads a level such as p99=20ms. The empty text is [DefaultLevel].
func ParseLevel(text string) (Level, error) {
	if text == "" {
		text = DefaultLevel
	}
	name, bound, _ := strings.Cut(text, "=")
	within, err := time.ParseDuration(bound)
	for _, n := range levelNames {
		if n.name == name && err == nil && within > 0 {
			return Level{name, n.quantile, within}, nil
		}
	}
	return Level{}, fmt.Errorf("%q is no service level: write one of p50, p90, p95, p99 and p99.9 and its time above 0, such as %s", text, DefaultLevel)
}

func (l Level) String() string { return l.Name + "=" + l.Within.String() }
