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

	mourned []error           // deaths that cost a step
	reasons map[string]string // by target: why its steps aren't run
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

// mourn notes that the target's death cost a step, one that was cut short or one that
// isn't run, and says why the next ones aren't. What the service printed last is said
// by the step that was cut short, or else by these.
func (d *deaths) mourn(target string, cut bool) (reason string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	death := d.of[target]
	if d.reasons[target] == "" {
		d.mourned = append(d.mourned, death)
		if d.reasons[target] = cutShort(death); !cut {
			d.reasons[target] += lastLines(death)
		}
	}
	return d.reasons[target]
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
