package process

import (
	"context"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets/launch/procfs"
)

// Usage sums the process group, as long as it lives.
func (r *running) Usage(context.Context) (results.Usage, bool) {
	select {
	case <-r.done:
		return results.Usage{}, false
	default:
	}
	u, ok := procfs.Group(r.cmd.Process.Pid)
	u.Component = r.name
	return u, ok
}
