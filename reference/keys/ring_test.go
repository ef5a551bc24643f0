package keys

import "testing"

func TestRing(t *testing.T) {
	t.Parallel()
	first, second, ed := generate(t, ES256), generate(t, ES256), generate(t, EdDSA)
	r, err := NewRing(first, second, ed)
	if err != nil {
		t.Fatal(err)
	}
	if k, ok := r.ByAlgorithm(ES256); !ok || k != first {
		t.Errorf("signing key is %v, want the first", k)
	}
	if k, ok := r.ByID(second.ID); !ok || k != second {
		t.Errorf("key by id is %v, want %v", k, second)
	}
	if _, ok := r.ByAlgorithm(RS256); ok {
		t.Error("found a key of an algorithm that is not there")
	}
	if _, ok := r.ByID("../" + first.ID); ok {
		t.Error("found a key that is not there")
	}
	for name, keys := range map[string][]*Key{
		"twice the same": {first, first},
		"no id":          {{Algorithm: ES256, Private: first.Private}},
		"rebound":        {{ID: "x", Algorithm: EdDSA, Private: first.Private}},
	} {
		if _, err := NewRing(keys...); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
