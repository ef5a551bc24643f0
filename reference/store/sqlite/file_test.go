package sqlite

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/oauthmark/oauthmark/reference/store"
	"github.com/oauthmark/oauthmark/reference/store/storetest"
)

func onlyUnix(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such modes, and keeps an open file in its place")
	}
}

// A file that is gone keeps nothing: no write to it is confirmed, and what is read isn't
// what the next process reads. That stays so when the file comes back.
func TestFileGone(t *testing.T) {
	t.Parallel()
	onlyUnix(t)
	for name, remove := range map[string]func(path string) error{
		"removed": os.Remove,
		"log":     func(path string) error { return os.Remove(path + "-wal") },
		"moved":   func(path string) error { return os.Rename(path, path+".old") },
		"replaced": func(path string) error {
			if err := os.WriteFile(path+".new", nil, 0o600); err != nil {
				return err
			}
			return os.Rename(path+".new", path)
		},
		"folder": func(path string) error { return os.RemoveAll(filepath.Dir(path)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "folder", "store.db")
			if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			s, err := Open(context.Background(), path, Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			ctx, until := context.Background(), time.Now().Unix()+600
			if err := s.Revoke(ctx, store.TokenSubject(storetest.ID(t)), until); err != nil {
				t.Fatal(err)
			}
			if err := remove(path); err != nil {
				t.Fatal(err)
			}
			if err := s.Revoke(ctx, store.TokenSubject(storetest.ID(t)), until); !errors.Is(err, store.ErrUnavailable) {
				t.Errorf("a revocation was confirmed: %v", err)
			}
			if name == "moved" {
				if err := os.Rename(path+".old", path); err != nil {
					t.Fatal(err)
				}
			}
			_, revokedErr := s.Revoked(ctx, store.TokenSubject(storetest.ID(t)))
			_, _, listErr := s.List(ctx, "", 10)
			_, _, getErr := s.Get(ctx, store.Key("0123456789abcdef0123456789abcdef"))
			for _, err := range []error{revokedErr, listErr, getErr} {
				if !errors.Is(err, store.ErrUnavailable) || !strings.Contains(err.Error(), "was removed or replaced") {
					t.Errorf("read: error %v", err)
				}
			}
		})
	}
}

// A reader alone notices it, too.
func TestFileGoneForReaders(t *testing.T) {
	t.Parallel()
	onlyUnix(t)
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * lookPeriod)
	if _, _, err := s.Get(context.Background(), store.Key("0123456789abcdef0123456789abcdef")); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("error %v", err)
	}
}

// What others can read isn't used; what is made, they can't.
func TestFileMode(t *testing.T) {
	t.Parallel()
	onlyUnix(t)
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o644, 0o640, 0o606, 0o620} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if s, err := Open(context.Background(), path, Options{}); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %o: error %v", mode, err)
			if err == nil {
				s.Close()
			}
		}
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err = Open(context.Background(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
}

// The pool may drop its connections, which is nobody's removal of a file.
func TestLogOutlivesConnections(t *testing.T) {
	t.Parallel()
	s, err := Open(context.Background(), filepath.Join(t.TempDir(), "store.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	s.read.SetMaxIdleConns(0)
	s.write.SetMaxIdleConns(0)
	for range 2 {
		if err := s.Revoke(context.Background(), store.TokenSubject(storetest.ID(t)), time.Now().Unix()+600); err != nil {
			t.Error(err)
		}
	}
}
