//go:build unix

package main

import (
	"maps"
	"slices"
	"testing"
)

func TestReadBenchmarks(t *testing.T) {
	t.Parallel()
	const text = `goos: linux
BenchmarkAgreement/sign/ES256/0.6k-2         	   10000	     55506 ns/op	   10380 B/op	      94 allocs/op
BenchmarkAgreement/scenario/sign/ES256/0.6k-2	1000000000	     54000 ns/op
BenchmarkAgreement/sign/ES256/0.6k#01-2      	   10000	     1.5e+06 ns/op
BenchmarkAgreement/hash/SHA-256/opaque-43#02-2    	 9000000	       120.5 ns/op
BenchmarkAgreement/hash/SHA-256/opaque-43-2          8000000         121 ns/op
BenchmarkOther/x-2 1 2 ns/op
BenchmarkAgreement/broken-2 1
PASS
`
	want := map[string][]float64{"sign/ES256/0.6k": {55506, 1.5e6}, "scenario/sign/ES256/0.6k": {54000}, "hash/SHA-256/opaque-43": {120.5, 121}}
	if got := readBenchmarks([]byte(text)); !maps.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %v, want %v", got, want)
	}
}
