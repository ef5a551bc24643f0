package process

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// A target's folder is small: a few files of configuration. The bounds catch a
// target file that lies in a home folder.
const (
	mostFiles = 500
	mostBytes = 16 << 20
)

type file struct {
	name string // slash separated
	data []byte
}

// collect reads the folder's regular files, sorted by name. What package managers
// and git keep there doesn't belong to the target.
func collect(fsys fs.FS) ([]file, error) {
	var files []file
	var bytes int64
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			return fs.SkipDir
		}
		if !d.Type().IsRegular() {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if bytes += info.Size(); bytes > mostBytes || len(files) == mostFiles {
			return fmt.Errorf("the folder has more than %d files or %d MiB: keep the target's file in a folder of its own",
				mostFiles, mostBytes>>20)
		}
		data, err := fs.ReadFile(fsys, name)
		files = append(files, file{name, data})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the target's files: %w", err)
	}
	return files, nil
}

// digest names a content: the files, the commands that complete them, and the
// platform that those run on.
func digest(files []file, setup []byte) string {
	h := sha256.New()
	add := func(b []byte) { fmt.Fprintf(h, "%d:%s", len(b), b) }
	add([]byte(runtime.GOOS + "/" + runtime.GOARCH))
	add(setup)
	for _, f := range files {
		add([]byte(f.name))
		add(f.data)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func layOut(files []file, dir string) error {
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return fmt.Errorf("lay out %s: %w", f.name, err)
		}
		if err := os.WriteFile(path, f.data, 0o600); err != nil {
			return fmt.Errorf("lay out %s: %w", f.name, err)
		}
	}
	return nil
}
