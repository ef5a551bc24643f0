package keys

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"sync"
)

// maxFile is the size of the largest file of keys that is read, in bytes.
const maxFile = 4 << 20

// ErrFileChanged says that a file of keys is no longer what was read or written last:
// to replace it would lose the keys that another process has put there.
var ErrFileChanged = errors.New("the file was changed by another process")

// File is a file of private keys, a JWK Set that its owner alone may read. What is in
// it is what [DecodePrivate] takes. It may be used concurrently by one process.
type File struct {
	path string
	mu   sync.Mutex
	last [sha256.Size]byte // of what was read or written last
}

// ReadFile reads a file of keys. One that isn't there is an error that wraps
// [fs.ErrNotExist]; one that others than its owner may use is refused.
func ReadFile(path string) (*File, []Entry, error) {
	f := &File{path: path}
	b, err := f.read()
	if err != nil {
		return nil, nil, fmt.Errorf("read keys: %w", err)
	}
	entries, err := DecodePrivate(b)
	if err != nil {
		return nil, nil, fmt.Errorf("read keys: %s: %w", path, err)
	}
	f.last = sha256.Sum256(b)
	return f, entries, nil
}

// CreateFile makes a file of keys, as a whole or not at all. One that is there
// already stays, and is an error that wraps [fs.ErrExist].
func CreateFile(path string, entries []Entry) (*File, error) {
	f := &File{path: path}
	err := f.write(entries, func(whole string) error {
		err := os.Link(whole, path)
		if err == nil || errors.Is(err, fs.ErrExist) {
			return err
		}
		// Not every file system has links.
		if _, found := os.Lstat(path); found == nil {
			return fs.ErrExist
		}
		return os.Rename(whole, path)
	})
	if err != nil {
		return nil, fmt.Errorf("create keys %s: %w", path, err)
	}
	return f, nil
}

// Save replaces what is in the file, as a whole or not at all; when it returns nil,
// the keys are on the disk. What another process has written meanwhile stays, and the
// error wraps [ErrFileChanged].
func (f *File) Save(entries []Entry) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, err := f.read()
	if err != nil {
		return fmt.Errorf("save keys: %w", err)
	}
	if sha256.Sum256(b) != f.last {
		return fmt.Errorf("save keys %s: %w", f.path, ErrFileChanged)
	}
	if err := f.write(entries, func(whole string) error { return os.Rename(whole, f.path) }); err != nil {
		return fmt.Errorf("save keys %s: %w", f.path, err)
	}
	return nil
}

func (f *File) read() ([]byte, error) {
	open, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	defer open.Close()
	info, err := open.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a file", f.path)
	}
	// Windows has no such bits, and Go makes some up.
	if others := info.Mode().Perm() & 0o077; others != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("%s: others than its owner may use it (mode %04o): chmod 600 it, and replace the keys if somebody has", f.path, info.Mode().Perm())
	}
	b, err := io.ReadAll(io.LimitReader(open, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(b) > maxFile {
		return nil, fmt.Errorf("%s: larger than %d bytes", f.path, maxFile)
	}
	return b, nil
}

// write puts the keys into a new file beside the other, and lets place put it in its
// place: a crash leaves the one or the other, and nothing half.
func (f *File) write(entries []Entry, place func(whole string) error) error {
	b, err := EncodePrivate(entries)
	if err != nil {
		return err
	}
	dir := filepath.Dir(f.path)
	fresh, err := os.CreateTemp(dir, filepath.Base(f.path)+".new-*") // with mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(fresh.Name()) // where it has moved there is nothing to remove
	_, err = fresh.Write(b)
	if err = errors.Join(err, fresh.Sync(), fresh.Close()); err != nil {
		return err
	}
	if err := place(fresh.Name()); err != nil {
		return err
	}
	f.last = sha256.Sum256(b)
	return syncFolder(dir)
}

// syncFolder puts the file's name on the disk, where the system knows such a thing.
func syncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	open, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(open.Sync(), open.Close())
}
