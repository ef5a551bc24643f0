package container

import (
	"context"
	"encoding/json"
	"time"

	api "github.com/moby/moby/api/types/container"
	"github.com/moby/moby/client"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets/launch/procfs"
)

// Usage reads the container's process where it is this machine's own, for that takes
// no time, and asks the engine otherwise, which samples once a second.
func (r *running) Usage(ctx context.Context) (results.Usage, bool) {
	u, ok := procfs.Container(r.process(ctx), r.id)
	if !ok {
		u, ok = r.sample(ctx)
	}
	u.Component = r.name
	return u, ok
}

// process is the number of the container's process, 0 where the engine doesn't tell.
func (r *running) process(ctx context.Context) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pid == 0 && r.id != "" && !r.gone {
		if c, err := r.engine.ContainerInspect(ctx, r.id, client.ContainerInspectOptions{}); err == nil && c.Container.State != nil {
			r.pid = c.Container.State.Pid
		}
	}
	return r.pid
}

// sample is the engine's own figure. The peak of memory is that of all the
// container's memory, and is told by engines on cgroup v1 only.
func (r *running) sample(ctx context.Context) (results.Usage, bool) {
	var u results.Usage
	answer, err := r.engine.ContainerStats(ctx, r.id, client.ContainerStatsOptions{})
	if err != nil {
		return u, false
	}
	defer answer.Body.Close()
	var stats api.StatsResponse
	if err := json.NewDecoder(answer.Body).Decode(&stats); err != nil {
		return u, false
	}
	u.CPUSeconds = float64(stats.CPUStats.CPUUsage.TotalUsage) / float64(time.Second)
	u.PeakBytes = int64(stats.MemoryStats.MaxUsage)
	return u, stats.CPUStats.CPUUsage.TotalUsage > 0
}
