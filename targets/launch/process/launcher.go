package process

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/oauthmark/oauthmark/targets"
)

// Options of [New].
type Options struct {
	Self  string // path of this program; what ${self} stands for
	Cache string // folder for installed targets; need not exist
}

// Launcher starts processes. It is safe for concurrent use.
type Launcher struct{ options Options }

var (
	_ targets.Launcher = (*Launcher)(nil)
	_ targets.Preparer = (*Launcher)(nil)
)

// New returns a launcher. It removes what killed processes have left, and starts
// nothing yet.
func New(o Options) (*Launcher, error) {
	if o.Self == "" || o.Cache == "" {
		return nil, errors.New("process launcher: the path of this program and a cache folder are required")
	}
	sweepPrivate(os.TempDir(), time.Now(), alive)
	return &Launcher{o}, nil
}

// Open is a [targets.Opener] for this program and the user's cache folder.
func Open(context.Context) (targets.Launcher, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil, fmt.Errorf("find the cache folder: %w", err)
	}
	return New(Options{Self: self, Cache: filepath.Join(cache, "oauthmark", "targets")})
}

// Runtime returns "process".
func (*Launcher) Runtime() string { return targets.Process }

// Close does nothing: processes share nothing but the cache, which stays.
func (*Launcher) Close(context.Context) error { return nil }
