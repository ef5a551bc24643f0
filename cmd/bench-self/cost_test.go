//go:build unix

package main

import (
	"reflect"
	"testing"
)

func TestReadBenchmarks(t *testing.T) {
	t.Parallel()
	const text = `goos: linux
BenchmarkCost/sign/ES256/0.6k-2         	   10000	     55506 ns/op	   10380 B/op	      94 allocs/op
BenchmarkCost/limit/sign/RS256-3072/8k-2 	     100	   1.5e+06 ns/op
BenchmarkCost/hash/SHA-256/opaque-43-2    	 9000000	       120.5 ns/op
BenchmarkOther/x-2 1 2 ns/op
BenchmarkCost/broken-2 1
PASS
`
	want := []benchmarkFigure{{"sign/ES256/0.6k", 55506}, {"limit/sign/RS256-3072/8k", 1.5e6}, {"hash/SHA-256/opaque-43", 120.5}}
	if got := readBenchmarks([]byte(text), 2); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := readBenchmarks([]byte("BenchmarkCost/hash/SHA-256/opaque-43 1 2 ns/op"), 1); len(got) != 1 || got[0].name != "hash/SHA-256/opaque-43" {
		t.Errorf("of one processor: %v", got)
	}
}
