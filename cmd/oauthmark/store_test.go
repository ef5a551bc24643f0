package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/issuer"
	"github.com/oauthmark/oauthmark/reference/store"
)

// What an issuer can be configured with can be opened, and nothing else is listed.
func TestEveryStoreOpens(t *testing.T) {
	t.Parallel()
	var names []string
	for _, k := range storeKinds {
		names = append(names, k.name)
	}
	if got, want := strings.Join(names, " "), strings.Join(issuer.Stores(), " "); got != want {
		t.Errorf("stores %s, want %s", got, want)
	}
	if s, err := openStore(context.Background(), issuer.StoreMemory, time.Now); s != nil || err != nil {
		t.Errorf("memory: %v, %v", s, err)
	}
	s, err := openStore(context.Background(), issuer.StoreURL("sqlite:"+filepath.Join(t.TempDir(), "t.db")), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// A URL may hold a password, and the reason why a store doesn't open must not.
func TestStoreErrorHidesPassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"mysql://u:hunter2@127.0.0.1/x", "postgres://u:hunter2@127.0.0.1:1/x", "postgres://u:hunter2@127.0.0.1:no/x",
		"redis://:hunter2@127.0.0.1:1/0", "redis://:hunter2@127.0.0.1:no/0",
	} {
		s, err := openStore(context.Background(), issuer.StoreURL(url), time.Now)
		if err == nil {
			t.Fatal(s.Close())
		}
		if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%.5s: the error shows the password", url)
		}
	}
}

type warning struct{ store.Store }

func (warning) Warnings() []string { return []string{"it forgets"} }

func TestWarn(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	warn(&out, warning{})
	if got, want := out.String(), "oauthmark issuer: warning: it forgets\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}
