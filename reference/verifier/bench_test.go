package verifier

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func BenchmarkJudgeLocal(b *testing.B) {
	for _, alg := range testAlgorithms {
		b.Run(alg, func(b *testing.B) {
			s, _, c := localVerifier(b)
			benchmarkJudge(b, s, sign(b, testKeys().signer(alg), goodHeader(alg), goodClaims(c.now())))
		})
	}
}

func BenchmarkJudgeCachedHit(b *testing.B) {
	u := newUpstream(b)
	v, _ := u.verifier(b)
	u.answer(200, `{"active":true,"client_id":"app","scope":"read"}`)
	benchmarkJudge(b, strategy(b, v, IntrospectCached), "2YotnFZFEjr1zCsicMWpAAyBGhm4Ksu6pQ5Cq0y1bqA")
}

func benchmarkJudge(b *testing.B, s Strategy, token string) {
	if _, err := s.Judge(b.Context(), token); err != nil { // keys and cache are warm
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Judge(b.Context(), token); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkServeCachedHit is the handler's own cost, around a judgement.
func BenchmarkServeCachedHit(b *testing.B) {
	u := newUpstream(b)
	v, _ := u.verifier(b)
	u.answer(200, `{"active":true,"client_id":"app","scope":"read"}`)
	request := httptest.NewRequest(http.MethodGet, "/introspect-cached/resource", nil)
	request.Header.Set("Authorization", "Bearer 2YotnFZFEjr1zCsicMWpAAyBGhm4Ksu6pQ5Cq0y1bqA")
	b.ReportAllocs()
	for b.Loop() {
		response := httptest.NewRecorder()
		v.ServeHTTP(response, request)
		if response.Code != 200 {
			b.Fatal(response.Code)
		}
	}
}

// BenchmarkJudgeCachedHitParallel has all processors judge at once, one token or many. What
// a hit costs one of them then is the time per operation, times the processors; the
// counter alone is beside it.
func BenchmarkJudgeCachedHitParallel(b *testing.B) {
	w := cachings["introspect-cached"].world(b)
	tokens := w.several(b, 1000)
	for _, token := range tokens {
		if err := w.judge(b, token); err != nil {
			b.Fatal(err)
		}
	}
	ctx := b.Context()
	for name, some := range map[string][]string{"one": tokens[:1], "many": tokens} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for n := 0; pb.Next(); n++ {
					if _, err := w.strategy.Judge(ctx, some[n%len(some)]); err != nil {
						b.Error(err)
						return
					}
				}
			})
		})
	}
	b.Run("counter", func(b *testing.B) {
		var count Counters
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				count.CacheHits.add()
			}
		})
	})
}
