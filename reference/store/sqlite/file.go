package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"
	"sync/atomic"
	"time"
)

// lookPeriod is how long a reader trusts the last look at the files. A write looks itself.
const lookPeriod = 50 * time.Millisecond

// file is the database with its log, as it was when it was opened. A file that is removed
// or replaced stays open and takes writes, which are gone with the process.
type file struct {
	path   string
	opened map[string]fs.FileInfo // by path; doesn't change
	gone   atomic.Bool            // for good: what was written meanwhile may be elsewhere
	began  time.Time
	looked atomic.Int64 // time since began
}

// private makes an empty file that its owner alone may use, or wants one that is there to be
// such a file: tokens are in it, as they are where they aren't hashed or encrypted. SQLite
// gives its log the same mode. The file isn't opened if it is there, since to close it would
// release the locks that this process may have on it.
func private(path string) error {
	made, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		return made.Close()
	}
	if !errors.Is(err, fs.ErrExist) {
		return err
	}
	for _, name := range []string{path, path + "-wal"} {
		info, err := os.Stat(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return fmt.Errorf("%s: not a file", name)
		}
		// Windows has no such bits, and Go makes some up.
		if info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows" {
			return fmt.Errorf("%s: others than its owner may use it (mode %04o): chmod 600 it, and revoke the tokens in it if somebody has read them", name, info.Mode().Perm())
		}
	}
	return nil
}

// watch remembers which files were opened.
func watch(path string) (*file, error) {
	f := &file{path: path, opened: map[string]fs.FileInfo{}, began: time.Now()}
	for _, name := range []string{path, path + "-wal"} {
		info, err := os.Stat(name)
		if err != nil {
			return nil, err
		}
		f.opened[name] = info
	}
	return f, nil
}

// look returns an error from when on the paths don't name what was opened.
func (f *file) look() error {
	for name, opened := range f.opened {
		info, err := os.Stat(name)
		switch {
		case errors.Is(err, fs.ErrNotExist), err == nil && !os.SameFile(info, opened):
			f.gone.Store(true)
		case err != nil:
			return err
		}
	}
	f.looked.Store(int64(time.Since(f.began)))
	if f.gone.Load() {
		return fmt.Errorf("%s was removed or replaced while it was open: put it back if it was moved, and restart", f.path)
	}
	return nil
}

// there is look, for those who read: at most once in a lookPeriod, until the file is gone.
func (f *file) there() error {
	if !f.gone.Load() && time.Since(f.began)-time.Duration(f.looked.Load()) < lookPeriod {
		return nil
	}
	return f.look()
}
