package servers

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// CanPostgres returns why [Postgres] would start nothing, an [ErrMissing]; nil where the
// programs are there. It runs none.
func CanPostgres() error {
	_, _, err := postgresPrograms()
	if err == nil {
		_, _, err = unprivileged()
	}
	return err
}

func postgresPrograms() (server, initdb string, err error) {
	if server, err = program("postgres"); err == nil {
		initdb, err = program("initdb")
	}
	return server, initdb, err
}

// Postgres starts a server with a new, empty database.
func Postgres(ctx context.Context) (*Server, error) {
	server, initdb, err := postgresPrograms()
	if err != nil {
		return nil, err
	}
	attr, owner, err := unprivileged()
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	folder, err := folderOf(owner)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(folder, "data")
	initialize := exec.CommandContext(ctx, initdb, "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	initialize.SysProcAttr, initialize.Dir = attr, folder
	if out, err := initialize.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("start postgres: initdb: %w: %s", err, out), os.RemoveAll(folder))
	}
	s := &Server{
		URL:     "postgres://postgres@127.0.0.1:" + port + "/postgres?sslmode=disable",
		address: "127.0.0.1:" + port, folder: folder, attr: attr,
		command: []string{server, "-D", data, "-p", port, "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="},
	}
	return s.start(ctx)
}

// unprivileged returns how to run a program that refuses to be run by root, and its
// owner, -1 for this process's own.
func unprivileged() (*syscall.SysProcAttr, int, error) {
	attr := &syscall.SysProcAttr{}
	if os.Getuid() != 0 {
		return attr, -1, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, 0, fmt.Errorf("%w: PostgreSQL doesn't run as root, and there is no user postgres", ErrMissing)
	}
	uid, errUser := strconv.Atoi(u.Uid)
	gid, errGroup := strconv.Atoi(u.Gid)
	if err := errors.Join(errUser, errGroup); err != nil {
		return nil, 0, fmt.Errorf("start postgres: %w", err)
	}
	if !runAs(attr, uid, gid) {
		return nil, 0, fmt.Errorf("%w: PostgreSQL doesn't run as root, and only on Linux is it run as another", ErrMissing)
	}
	return attr, uid, nil
}
