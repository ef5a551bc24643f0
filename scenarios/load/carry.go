package load

import (
	"context"
	"errors"
	"net"
	"net/http"
	"runtime"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// carryFor is for how long the generator is tried.
const carryFor = 150 * time.Millisecond

// MostRate is the highest rate, in requests per second, for which the processors of this
// machine can be enough: so often they could do what the generator and a server in Go
// that does nothing do for one request. Any resource server does more. The processor time
// is counted, and not how long it took, so that another program changes little.
func MostRate(ctx context.Context) (float64, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	server := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}), ReadHeaderTimeout: requestTimeout}
	go func() { _ = server.Serve(l) }() // until it is closed
	defer server.Close()
	s, err := NewSchedule(results.Closed, 0, carryFor, 1)
	if err != nil {
		return 0, err
	}
	ask := Request{URL: "http://" + l.Addr().String(), About: "a request that nobody judges", Right: Allow,
		Read: func(int, []byte) (Answer, string) { return Allow, "" }}
	var before, after results.Usage
	known := true
	m, err := Drive(ctx, Load{Traffic: Traffic{Requests: []Request{ask}, Order: []uint32{0}, Warm: []Request{ask}}, Schedule: s,
		Workers: 2 * runtime.GOMAXPROCS(0), Timeout: requestTimeout, Begin: func() { before, known = ownUsage() }})
	if err != nil {
		return 0, err
	}
	after, ok := ownUsage()
	if used := after.CPUSeconds - before.CPUSeconds; known && ok && used > 0 && m.Sent > 0 {
		return float64(runtime.GOMAXPROCS(0)) * float64(m.Sent) / used, nil
	}
	return 0, errors.New("load: the processor time of this process isn't known")
}
