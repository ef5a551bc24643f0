package thirdparty

import (
	"encoding/json"
	"io/fs"
	"testing"

	"github.com/c2sp/wycheproof"
)

// vectors is a file of Wycheproof's, whose groups differ by what is tested.
type vectors[Group any] struct {
	NumberOfTests int     `json:"numberOfTests"`
	TestGroups    []Group `json:"testGroups"`
}

// vector is what all tests have. Result is valid, invalid or acceptable.
type vector struct {
	ID      int      `json:"tcId"`
	Comment string   `json:"comment"`
	Result  string   `json:"result"`
	Flags   []string `json:"flags"`
}

// readVectors reads a file of the embedded folder.
func readVectors[Group any](t *testing.T, name string) vectors[Group] {
	t.Helper()
	data, err := fs.ReadFile(wycheproof.TestVectors, name)
	if err != nil {
		t.Fatal(err)
	}
	var v vectors[Group]
	if err := json.Unmarshal(data, &v); err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
	return v
}

// tally compares verdicts with labels. A label that is wrong is listed with why, and an
// override that no vector needs any more is a mistake too.
type tally struct {
	overrides map[int]string // of mislabelled vectors, by tcId
	seen      int
	used      map[int]bool
}

func newTally(overrides map[int]string) *tally {
	return &tally{overrides: overrides, used: map[int]bool{}}
}

func (y *tally) judge(t *testing.T, v vector, accepted bool, why error) {
	t.Helper()
	y.seen++
	want := v.Result == "valid"
	if v.Result == "acceptable" {
		return
	}
	if _, listed := y.overrides[v.ID]; listed {
		y.used[v.ID] = accepted != want
		want = !want
	}
	if accepted != want {
		t.Errorf("tc%d, %s %v: accepted is %t: %v", v.ID, v.Comment, v.Flags, accepted, why)
	}
}

func (y *tally) end(t *testing.T, number int) {
	t.Helper()
	if y.seen != number || number == 0 {
		t.Errorf("%d vectors were judged, and there are %d", y.seen, number)
	}
	for id, why := range y.overrides {
		if !y.used[id] {
			t.Errorf("tc%d is no longer judged against its label (%s): take it off the list", id, why)
		}
	}
}
