//go:build unix

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// startStore starts what a store of the kind needs, and returns where it is and how to
// end that.
func startStore(ctx context.Context, kind, dir string) (location string, stop func(), err error) {
	switch kind {
	case "postgres":
		return startPostgres(ctx, dir)
	case "redis":
		return startRedis(ctx, dir)
	case "sqlite":
		return dir + ".db", func() {}, nil
	}
	return "", func() {}, nil
}

func startRedis(ctx context.Context, dir string) (string, func(), error) {
	server, err := installed("redis-server")
	if err != nil {
		return "", nil, err
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", nil, fmt.Errorf("start redis: %w", err)
	}
	port, err := freePort()
	if err != nil {
		return "", nil, fmt.Errorf("start redis: %w", err)
	}
	// It confirms nothing before it is on the disk, as the store asks of it.
	stop, err := startDatabase(ctx, nil, port, server, "--bind", "127.0.0.1", "--port", port, "--dir", dir,
		"--appendonly", "yes", "--appendfsync", "always", "--save", "")
	return "redis://127.0.0.1:" + port + "/0", stop, err
}

func startPostgres(ctx context.Context, dir string) (string, func(), error) {
	server, err := installed("postgres")
	if err != nil {
		return "", nil, err
	}
	initdb, err := installed("initdb")
	if err != nil {
		return "", nil, err
	}
	owner, err := postgresOwner(dir)
	if err != nil {
		return "", nil, err
	}
	initialize := exec.CommandContext(ctx, initdb, "-D", dir, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	initialize.SysProcAttr, initialize.Dir = &syscall.SysProcAttr{Credential: owner}, os.TempDir()
	if out, err := initialize.CombinedOutput(); err != nil {
		return "", nil, fmt.Errorf("start postgres: initdb: %w: %s", err, out)
	}
	port, err := freePort()
	if err != nil {
		return "", nil, fmt.Errorf("start postgres: %w", err)
	}
	stop, err := startDatabase(ctx, owner, port, server, "-D", dir, "-p", port, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=")
	return "postgres://postgres@127.0.0.1:" + port + "/postgres?sslmode=disable", stop, err
}

// postgresOwner makes the folder. PostgreSQL refuses to be run by root, who gives it
// to the user of its package, and lets that one pass through the folder above.
func postgresOwner(dir string) (*syscall.Credential, error) {
	if err := os.Mkdir(dir, 0o700); err != nil || os.Getuid() != 0 {
		return nil, err
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("%w: PostgreSQL doesn't run as root, and there is no user postgres", errNotRun)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, uid, gid)
}

// startDatabase starts a server and waits until it accepts connections. A shell
// stands between, which ends the server when we end, however that comes.
func startDatabase(ctx context.Context, owner *syscall.Credential, port string, command ...string) (stop func(), err error) {
	const untilEOF = `"$@" >/dev/null 2>&1 & cat >/dev/null; kill -INT $!; wait`
	cmd := exec.Command("sh", append([]string{"-c", untilEOF, "sh"}, command...)...)
	// A group of its own: an interrupt at the terminal must not end it before its client.
	cmd.SysProcAttr, cmd.Dir = &syscall.SysProcAttr{Credential: owner, Setpgid: true}, os.TempDir()
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", command[0], err)
	}
	stop = func() { in.Close(); _ = cmd.Wait() }
	for deadline := time.Now().Add(30 * time.Second); ctx.Err() == nil && time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if conn, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			conn.Close()
			return stop, nil
		}
	}
	stop()
	return nil, fmt.Errorf("start %s: it accepts no connection", command[0])
}

// installed finds a program, in Debian's folder for PostgreSQL's, too.
func installed(name string) (string, error) {
	if path, err := exec.LookPath(name); err == nil {
		return path, nil
	}
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name); len(found) > 0 {
		return found[len(found)-1], nil
	}
	return "", fmt.Errorf("%w: there is no %s on this machine", errNotRun, name)
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port), nil
}
