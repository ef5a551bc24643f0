package verifier

import (
	"fmt"
	"runtime"
	"testing"
)

// No set misses what was added, and the filter has little else.
func TestDenySets(t *testing.T) {
	t.Parallel()
	const n = 50_000
	for _, kind := range DenylistSets() {
		set, err := newDenySet(kind, n)
		if err != nil {
			t.Fatal(err)
		}
		if set.crowded() {
			t.Errorf("%s: crowded at first", kind)
		}
		for i := range n {
			set.add(tokenRevocation(fmt.Sprint("token-", i)), 1000)
		}
		sure := map[bool]found{true: foundSure, false: foundMaybe}[set.exact != nil]
		wrong := 0
		for i := range n {
			if got := set.find(tokenRevocation(fmt.Sprint("token-", i)), 999); got != sure {
				t.Fatalf("%s: token %d is found %d", kind, i, got)
			}
			if set.find(familyRevocation(fmt.Sprint("token-", i)), 999) != foundNot {
				wrong++
			}
		}
		if set.exact != nil && wrong > 0 || wrong > 2*n*bloomFalse {
			t.Errorf("%s: %d of %d found that weren't added", kind, wrong, n)
		}
		if set.crowded() != (set.bloom != nil) {
			t.Errorf("%s: full is %t", kind, set.crowded())
		}
	}
	if _, err := newDenySet("other", 1); err == nil {
		t.Error("an unknown set is made")
	}
}

// A revocation is kept until its date, the later one of two, and no longer.
func TestExactSetForgets(t *testing.T) {
	t.Parallel()
	s := exactSet{}
	for jti, dates := range map[string][]int64{"a": {10, 20}, "b": {20, 10}, "c": {10}, "far": {1 << 40}, "past": {-5}} {
		for _, exp := range dates {
			s.add(tokenRevocation(jti), exp)
		}
	}
	for jti, want := range map[string][3]bool{"a": {true, true, false}, "b": {true, true, false}, "c": {true, false, false}, "far": {true, true, true}, "past": {}} {
		for i, now := range []int64{9, 19, 20} {
			if got := s.has(tokenRevocation(jti), now); got != want[i] {
				t.Errorf("%s at %d: %t", jti, now, got)
			}
		}
	}
	if left := s.without(19); len(left) != 3 {
		t.Errorf("%d left", len(left))
	}
}

// BenchmarkDenySet tells what a set costs with 1,000,000 revocations: bytes of memory, and
// the time to look for a token that isn't revoked.
func BenchmarkDenySet(b *testing.B) {
	const n = 1_000_000
	for _, kind := range DenylistSets() {
		b.Run(kind, func(b *testing.B) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			set, err := newDenySet(kind, n)
			if err != nil {
				b.Fatal(err)
			}
			for i := range n {
				set.add(tokenRevocation(fmt.Sprint("token-", i)), 1000)
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			key := tokenRevocation("good")
			for b.Loop() {
				set.find(key, 1)
			}
			b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc), "bytes")
		})
	}
}
