package main

import (
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/results"
)

// Two runs that start within a second have a record each.
func TestFolderOfEachRun(t *testing.T) {
	t.Parallel()
	out, now := t.TempDir()+"/results", time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, want := range []string{"20260102T030405Z", "20260102T030405Z-2", "20260102T030405Z-3"} {
		folder, id, err := createFolder(out, now)
		if err != nil || id != want {
			t.Fatalf("run %q, error %v; want %s", id, err, want)
		}
		if err := folder.Save(results.Run{Schema: results.SchemaVersion, ID: id}); err != nil {
			t.Fatal(err)
		}
	}
	if run, err := results.Load(out + "/20260102T030405Z"); err != nil || run.ID != "20260102T030405Z" {
		t.Errorf("the first record is of %q, error %v: a later run took its folder", run.ID, err)
	}
}
