package container

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestAnsweringNamed names engines that aren't any. Whether there is another one on
// this machine must not matter.
func TestAnsweringNamed(t *testing.T) {
	hung, err := net.Listen("unix", filepath.Join(t.TempDir(), "engine.sock"))
	if err != nil {
		t.Skip(err)
	}
	defer hung.Close()
	for name, host := range map[string]string{
		"not there":     "unix://" + filepath.Join(t.TempDir(), "none.sock"),
		"never answers": "unix://" + hung.Addr().String(),
		"not a host":    "nonsense",
	} {
		t.Setenv("DOCKER_HOST", host)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		_, _, err := answering(ctx)
		cancel()
		if err == nil || !strings.Contains(err.Error(), "no container engine answers at DOCKER_HOST") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
