package servers

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// ErrMissing says that this machine can't run the server: nothing was started.
var ErrMissing = errors.New("the server can't be run on this machine")

// Lacks is [ErrMissing] where this machine lacks a program of the kind of store, postgres or
// redis. It starts nothing; other kinds need no program.
func Lacks(kind string) error {
	needs := map[string][]string{"postgres": {"postgres", "initdb"}, "redis": {"redis-server"}}
	for _, name := range needs[kind] {
		if _, err := program(name); err != nil {
			return err
		}
	}
	return nil
}

// program finds a program, in Debian's folder for PostgreSQL's, too.
func program(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name); len(found) > 0 {
		return found[len(found)-1], nil
	}
	return "", fmt.Errorf("%w: there is no %s", ErrMissing, name)
}

// folderOf makes a folder of that user, or of this process's with -1; unlike a
// test's own, its parents let others in.
func folderOf(owner int) (string, error) {
	dir, err := os.MkdirTemp("", "oauthmark-store-")
	if err != nil {
		return "", fmt.Errorf("make folder: %w", err)
	}
	if owner >= 0 {
		if err := os.Chown(dir, owner, -1); err != nil {
			return "", errors.Join(fmt.Errorf("make folder: %w", err), os.RemoveAll(dir))
		}
	}
	return dir, nil
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port), nil
}
