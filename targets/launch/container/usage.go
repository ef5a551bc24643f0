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

// Usage reads the container's processes where they are this machine's own, for that
// takes no time, and asks the engine otherwise, which samples once a second.
func (r *running) Usage(ctx context.Context) (results.Usage, bool) {
	u, ok := procfs.Container(r.id)
	if !ok {
		u, ok = r.sample(ctx)
	}
	u.Component = r.name
	return u, ok
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
