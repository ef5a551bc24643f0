package keys

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// kids lists which of the keys are published at the time.
func kids(t *testing.T, r *Ring, now time.Time, of map[string]*Key) string {
	t.Helper()
	b, err := r.JWKS(now)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name, k := range of {
		if strings.Contains(string(b), `"`+k.ID+`"`) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, "")
}

func TestRotate(t *testing.T) {
	t.Parallel()
	at := func(s int) time.Time { return time.Unix(int64(1000+s), 0) }
	of := map[string]*Key{"a": generate(t, ES256), "b": generate(t, ES256), "c": generate(t, ES256), "e": generate(t, EdDSA)}
	r, err := NewRing(of["a"], of["e"])
	if err != nil {
		t.Fatal(err)
	}
	expect := func(step string, now int, published, signing string) {
		t.Helper()
		if got := kids(t, r, at(now), of); got != published {
			t.Errorf("%s: %q are published at %d, want %q", step, got, now, published)
		}
		if k, _ := r.ByAlgorithm(ES256); k != of[signing] {
			t.Errorf("%s: %v signs, want %s", step, k, signing)
		}
		if k, _ := r.ByAlgorithm(EdDSA); k != of["e"] {
			t.Errorf("%s: %v signs for the other algorithm", step, k)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	expect("new", 0, "ae", "a")
	must(r.Announce(of["b"]))
	expect("announced", 0, "abe", "a")
	must(r.Rotate(of["b"], at(10), 60*time.Second))
	expect("rotated", 10, "abe", "b")
	expect("at the end of the overlap", 69, "abe", "b")
	expect("after it", 70, "be", "b")
	expect("the clock went back", 20, "abe", "b")
	must(r.Rotate(of["c"], at(40), 100*time.Second)) // not announced, in the overlap of another
	expect("twice", 40, "abce", "c")
	expect("the first has gone", 70, "bce", "c")
	expect("both have gone", 140, "ce", "c")

	for name, err := range map[string]error{
		"signs already":     r.Rotate(of["c"], at(50), 0),
		"replaced already":  r.Rotate(of["b"], at(50), 0),
		"nothing":           r.Rotate(nil, at(50), 0),
		"nothing announced": r.Announce(nil),
		"announced twice":   r.Announce(of["e"]),
		"negative overlap":  r.Rotate(generate(t, ES256), at(50), -1),
		"same id":           r.Rotate(&Key{ID: of["c"].ID, Algorithm: ES256, Private: of["a"].Private}, at(50), 0),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	expect("after errors", 50, "abce", "c")
	if _, ok := r.ByID(of["a"].ID); !ok {
		t.Error("the first key has gone before its overlap ended")
	}
	d := generate(t, ES256)
	must(r.Rotate(d, at(200), 0))
	if all := r.All(); len(all) != 3 { // c's overlap of no length ends at the next change
		t.Errorf("the ring holds %v", all)
	}
	if got := kids(t, r, at(200), of); got != "e" {
		t.Errorf("%q are published after a rotation without overlap", got)
	}
}

// The ring serves while it is rotated: there is always one key to sign with, and it
// is published.
func TestRotateConcurrently(t *testing.T) {
	t.Parallel()
	r, err := NewRing(generate(t, EdDSA))
	if err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				k, ok := r.ByAlgorithm(EdDSA)
				if !ok {
					t.Error("no key to sign with")
					return
				}
				b, err := r.JWKS(time.Unix(int64(n%2), 0))
				if err != nil || !strings.Contains(string(b), k.ID) {
					t.Errorf("the signing key isn't published: %v", err)
					return
				}
			}
		})
	}
	var writers sync.WaitGroup
	for range 2 {
		writers.Go(func() {
			for range 50 {
				next := generate(t, EdDSA)
				if err := r.Announce(next); err != nil {
					t.Error(err)
				}
				if err := r.Rotate(next, time.Unix(0, 0), time.Hour); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writers.Wait()
	close(stop)
	readers.Wait()
	if n := len(r.All()); n != 101 {
		t.Errorf("%d keys, want 101", n)
	}
}
