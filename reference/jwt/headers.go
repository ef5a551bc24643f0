package jwt

import (
	"maps"
	"sync"
	"sync/atomic"
)

// headers remembers the headers of tokens that were found good. An issuer writes the
// same header into all tokens of a key: to decode it each time would cost a tenth of
// what it costs to check the signature. Nobody but the issuer can add one; what
// depends on the key is asked each time.
type headers struct {
	known atomic.Pointer[map[string]header] // is replaced, never changed
	mu    sync.Mutex                        // for those who add
}

// maxHeaders are remembered. More are decoded anew: an issuer has a few keys.
const maxHeaders = 64

func (s *headers) get(segment string) (header, bool) {
	known := s.known.Load()
	if known == nil {
		return header{}, false
	}
	h, ok := (*known)[segment]
	return h, ok
}

func (s *headers) add(segment string, h header) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := map[string]header{}
	if known := s.known.Load(); known != nil {
		if len(*known) >= maxHeaders {
			return
		}
		next = maps.Clone(*known)
	}
	next[segment] = h
	s.known.Store(&next)
}
