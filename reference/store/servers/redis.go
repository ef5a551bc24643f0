package servers

import (
	"context"
	"syscall"
)

// Redis starts a server that confirms nothing before it is on the disk.
func Redis(ctx context.Context) (*Server, error) {
	server, err := program("redis-server")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	folder, err := folderOf(-1)
	if err != nil {
		return nil, err
	}
	s := &Server{
		URL: "redis://127.0.0.1:" + port + "/0", address: "127.0.0.1:" + port, folder: folder, attr: &syscall.SysProcAttr{},
		command: []string{server, "--bind", "127.0.0.1", "--port", port, "--dir", folder,
			"--appendonly", "yes", "--appendfsync", "always", "--save", ""},
	}
	return s.start(ctx)
}
