package container

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

// A server on a lease is asked again and again, also when it answers that it is
// unwell, until it has ended.
func TestRenew(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked <- struct{}{}
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	r := &running{done: make(chan struct{})}
	ended := make(chan struct{})
	go func() {
		r.renew(server.URL, 10*time.Millisecond)
		close(ended)
	}()
	for range 3 {
		<-asked
	}
	close(r.done)
	<-ended
}
