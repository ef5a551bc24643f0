package load

import (
	"context"

	"github.com/oauthmark/oauthmark/reference/store/servers"
	"github.com/oauthmark/oauthmark/results"
	"github.com/oauthmark/oauthmark/targets"
	"github.com/oauthmark/oauthmark/targets/launch/procfs"
)

// storeService is the server of a store, as a component of the instance, so that what it
// uses is told apart. It is started and ended by [storeServers].
type storeService struct {
	server *servers.Server
	given  bool // somebody else started it, on this machine or another
}

var _ targets.Running = storeService{}

func (s storeService) Name() string     { return axisStore }
func (s storeService) URL() string      { return "" } // it may hold a password
func (s storeService) Internal() string { return "" }
func (s storeService) Logs() string     { return "" }

// Done is closed where the server isn't there any more.
func (s storeService) Done() <-chan struct{} {
	done := make(chan struct{})
	if !s.given && s.server.PID() == 0 {
		close(done)
	}
	return done
}

func (s storeService) Stop(context.Context) error { return nil }

func (s storeService) Provenance() results.Service {
	if s.given {
		return results.Service{Name: axisStore, Runtime: "external"}
	}
	return results.Service{Name: axisStore, Runtime: targets.Process, Program: s.server.Program, Version: s.server.Version}
}

// Usage is unknown of a server that somebody else started.
func (s storeService) Usage(context.Context) (results.Usage, bool) {
	if s.given {
		return results.Usage{}, false
	}
	pid := s.server.PID()
	if pid == 0 {
		return results.Usage{}, false
	}
	return procfs.Tree(pid)
}
