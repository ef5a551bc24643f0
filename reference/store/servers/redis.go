package servers

import (
	"context"
	"syscall"
)

// CanRedis returns why [Redis] would start nothing, an [ErrMissing]; nil where the program
// is there. It doesn't run it.
func CanRedis() error {
	_, err := program("redis-server")
	return err
}

// Redis starts a server that confirms nothing before it is on the disk.
func Redis(ctx context.Context) (*Server, error) {
	return startRedis(ctx, "--appendonly", "yes", "--appendfsync", "always")
}

// Cache starts a Redis server that never writes to the disk, as one that others can do
// without is run.
func Cache(ctx context.Context) (*Server, error) { return startRedis(ctx, "--appendonly", "no") }

func startRedis(ctx context.Context, settings ...string) (*Server, error) {
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
		command: append([]string{server, "--bind", "127.0.0.1", "--port", port, "--dir", folder, "--save", ""}, settings...),
	}
	return s.start(ctx)
}
