package scenarios

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/oauthmark/oauthmark/targets"
)

// deaths knows which targets are gone, and cuts short the step of one that goes.
type deaths struct {
	mu   sync.Mutex
	of   map[string]targets.Death // by target
	cut  context.CancelCauseFunc  // ends the step that runs
	step string                   // its target

	mourned []error // deaths that cost a step
	told    map[string]bool
}

// watch takes note of deaths until the context ends.
func (d *deaths) watch(ctx context.Context, died <-chan targets.Death) {
	for {
		select {
		case death := <-died:
			d.mu.Lock()
			if _, known := d.of[death.Target]; !known {
				d.of[death.Target] = death
				if d.cut != nil && d.step == death.Target {
					d.cut(death)
				}
			}
			d.mu.Unlock()
		case <-ctx.Done():
			return
		}
	}
}

// begin returns the context of a step on the target, whose cause is the target's death if
// it dies, and what ends it. Or it says that the target is gone.
func (d *deaths) begin(ctx context.Context, target string) (within context.Context, done func(), dead bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, gone := d.of[target]; gone {
		return nil, nil, true
	}
	within, d.cut = context.WithCancelCause(ctx)
	d.step = target
	cut := d.cut
	return within, func() { cut(nil) }, false
}

// mourn notes that the target's death cost a step, and returns it.
func (d *deaths) mourn(target string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if death := d.of[target]; !d.told[target] {
		if d.told == nil {
			d.told = map[string]bool{}
		}
		d.told[target] = true
		d.mourned = append(d.mourned, death)
	}
	return d.of[target]
}

// mostLines is how many of a dead server's last lines a step repeats.
const mostLines = 5

// lastLines says what a dead server printed last, in a line. It was redacted as it came.
func lastLines(end error) string {
	var death targets.Death
	if !errors.As(end, &death) || death.Logs == "" {
		return ""
	}
	lines := strings.Split(strings.TrimRight(death.Logs, "\n"), "\n")
	return "; its last lines: " + strings.Join(lines[max(0, len(lines)-mostLines):], " | ")
}
