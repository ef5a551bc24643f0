package load

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"time"

	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
)

const (
	probePairs = 100 // round trips of each way, in turns
	probeWarm  = 10  // that open the connections, and aren't counted
	// probeTime bounds them, where the way is long; twenty are enough for an interval.
	probeTime = 600 * time.Millisecond
	probeLess = 20
)

// added is by how much a round trip by the proxy takes longer than one without it.
type added struct{ median, low, high time.Duration }

// probe measures that, for a proxy with this delay, by asking the issuer in turns both
// ways. It fails where the delay isn't what it should be, by more than a tenth and half a
// millisecond: what is measured then isn't what the step says.
func probe(ctx context.Context, inst *targets.Instance, delay time.Duration) (added, error) {
	straight := cmp.Or(inst.Endpoints[targets.JWKSEndpoint], inst.Endpoints[targets.IntrospectionEndpoint], inst.Endpoints[targets.TokenEndpoint])
	by, err := inst.Between.By(straight)
	if err != nil {
		return added{}, err
	}
	client := targets.NewHTTPClient(30*time.Second, 1)
	defer client.CloseIdleConnections()
	var differences []time.Duration
	for began, i := time.Now(), 0; i < probeWarm+probePairs && (i < probeWarm+probeLess || time.Since(began) < probeTime); i++ {
		near, err := roundTrip(ctx, client, straight)
		if err != nil {
			return added{}, err
		}
		far, err := roundTrip(ctx, client, by)
		if err != nil {
			return added{}, err
		}
		if i >= probeWarm {
			differences = append(differences, far-near)
		}
	}
	a := median(differences)
	if off := a.median - delay; delay > 0 && (off < -time.Millisecond/10 || off > delay/10+time.Millisecond/2) {
		return a, fmt.Errorf("the proxy adds %v to a round trip where it is to add %v: is this machine busy?", a.median.Round(time.Microsecond), delay)
	}
	return a, nil
}

// roundTrip asks for a document; what the answer is doesn't matter.
func roundTrip(ctx context.Context, client *http.Client, address string) (time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return 0, fmt.Errorf("probe the proxy: %w", err)
	}
	began := time.Now()
	resp, err := client.Do(req)
	if err != nil {
		return 0, fmt.Errorf("probe the proxy: %w", targets.Unanswered(err))
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<20)); err != nil {
		return 0, fmt.Errorf("probe the proxy: %w", targets.Unanswered(err))
	}
	return time.Since(began), nil
}

// median is that of the sample with an interval of 95 %, by the order of its members,
// whatever the distribution.
func median(all []time.Duration) added {
	slices.Sort(all)
	n := float64(len(all))
	reach := 1.96 * math.Sqrt(n) / 2
	at := func(i float64) time.Duration { return all[min(max(int(i), 0), len(all)-1)] }
	return added{at(n / 2), at(math.Floor(n/2 - reach)), at(math.Ceil(n/2 + reach))}
}

// figure is told as a figure, in seconds.
func (a added) figure(name string) results.Figure {
	return results.Figure{Name: name, Unit: "s", Value: a.median.Seconds(), Low: a.low.Seconds(), High: a.high.Seconds(), Worse: results.WorseUp}
}
