package load

import (
	"context"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

// busy is a service whose usage is costly to read.
type busy struct{ targets.Running }

func (busy) Name() string { return "issuer" }

func (busy) Usage(context.Context) (results.Usage, bool) {
	before, ok := ownUsage()
	for ok {
		if now, _ := ownUsage(); now.CPUSeconds-before.CPUSeconds > 0.2 {
			break
		}
	}
	return results.Usage{CPUSeconds: 1}, true
}

// What it costs to read the gauge is no part of what the load cost. Not parallel: the
// CPU time is this process's.
func TestGaugeIsNotTheGenerator(t *testing.T) {
	if _, ok := ownUsage(); !ok {
		t.Skip("this platform doesn't tell what a process used")
	}
	inst := &targets.Instance{Services: []targets.Running{busy{}}, Verifier: "http://127.0.0.1:1"}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	before := begin(ctx, inst)
	used, upstream := end(ctx, inst).since(before)
	if len(used) != 2 || used[1].Component != "generator" || used[1].CPUSeconds > 0.1 {
		t.Errorf("used %+v, want next to nothing by the generator", used)
	}
	if upstream != nil {
		t.Errorf("counters %+v of a verifier that doesn't answer", upstream)
	}
}
