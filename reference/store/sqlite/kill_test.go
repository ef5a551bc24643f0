package sqlite

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/storetest"
)

// envVictim holds the file of the process that is to be killed.
const envVictim = "OAUTHMARK_TEST_SQLITE_VICTIM"

// TestKilled kills a process with SIGKILL while it revokes. What it had confirmed is
// still revoked when the file is opened again.
func TestKilled(t *testing.T) {
	t.Parallel()
	if path := os.Getenv(envVictim); path != "" {
		revokeForever(t, path)
	}
	const enough = 300
	path := filepath.Join(t.TempDir(), "store.db")
	victim := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	victim.Env = append(os.Environ(), envVictim+"="+path)
	out, err := victim.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	var confirmed []store.Subject
	for lines := bufio.NewScanner(out); lines.Scan(); {
		// A last line that is cut off by the death has no end mark.
		if subject, ok := strings.CutSuffix(lines.Text(), "."); ok {
			confirmed = append(confirmed, store.Subject(subject))
		}
		if len(confirmed) == enough {
			if err := victim.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := victim.Wait(); err == nil || len(confirmed) < enough {
		t.Fatalf("the process ended by itself after %d revocations: %v", len(confirmed), err)
	}
	s, err := Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	lost := 0
	for _, subject := range confirmed {
		if revoked, err := s.Revoked(context.Background(), subject); err != nil {
			t.Fatal(err)
		} else if !revoked {
			lost++
		}
	}
	if lost > 0 {
		t.Errorf("%d of %d confirmed revocations were lost", lost, len(confirmed))
	}
}

// revokeForever writes each revocation to the standard output when it is confirmed.
func revokeForever(t *testing.T, path string) {
	s, err := Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	for range 8 {
		all.Go(func() {
			for {
				subject := store.TokenSubject(storetest.ID(t))
				if err := s.Revoke(context.Background(), subject, time.Now().Unix()+600); err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				_, err := fmt.Printf("%s.\n", subject)
				mu.Unlock()
				if err != nil { // who reads is gone, so that this must end
					os.Exit(1)
				}
			}
		})
	}
	all.Wait()
}
