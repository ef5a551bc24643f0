package container

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/moby/moby/client"

	"github.com/oauthmark/oauthmark/targets"
)

// Launcher starts containers in a network of its own. It is safe for concurrent
// use.
type Launcher struct {
	path   string // of the program that goes into the image "self"
	self   string // name of that image
	engine *client.Client
	owner  owner
	labels map[string]string // of all containers and networks that it makes

	mu      sync.Mutex
	network string            // its name, which those of the containers start with; empty until it is made
	images  map[string]string // that are prepared: name to content
}

var (
	_ targets.Launcher = (*Launcher)(nil)
	_ targets.Preparer = (*Launcher)(nil)
)

// Open is a [targets.Opener] for this program.
func Open(ctx context.Context) (targets.Launcher, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	l, err := New(ctx, self)
	if err != nil {
		return nil, err
	}
	return l, nil
}

// New returns a launcher whose own image holds the program at the path. Its error
// says why there can be no containers here, and what to do about it.
func New(ctx context.Context, path string) (*Launcher, error) {
	engine, arch, err := answering(ctx)
	if err != nil {
		return nil, err
	}
	err = runsIn(path, arch)
	me, unknown := thisProcess()
	self, unread := selfImage(path)
	if err := cmp.Or(err, unknown, unread); err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	l := &Launcher{path: path, self: self, engine: engine, owner: me, images: map[string]string{}, labels: map[string]string{
		labelOwner:    me.String(),
		labelLauncher: randomID(),
		labelNeeds:    self,
	}}
	ctx, cancel := context.WithTimeout(ctx, engineTimeout)
	defer cancel()
	l.sweep(ctx)
	return l, nil
}

// makeNetwork makes the network, once. From then on, other runs keep the image that
// its label names.
func (l *Launcher) makeNetwork(ctx context.Context, target string) error {
	if l.network != "" {
		return nil
	}
	ctx, cancel := context.WithTimeoutCause(ctx, engineTimeout, errStuck)
	defer cancel()
	name := fmt.Sprintf("oauthmark-%d-%s-%s", l.owner.pid, l.labels[labelLauncher], target)
	if _, err := l.engine.NetworkCreate(ctx, name, client.NetworkCreateOptions{Labels: l.labels}); err != nil {
		return cmp.Or(context.Cause(ctx), err)
	}
	l.network = name
	return nil
}

// Runtime returns "container".
func (*Launcher) Runtime() string { return targets.Container }

// Close removes the network, and any container that a failed launch has left. It
// may be called again.
func (l *Launcher) Close(ctx context.Context) error {
	mine := make(client.Filters).Add("label", labelLauncher+"="+l.labels[labelLauncher])
	err := errors.Join(
		l.removeContainers(ctx, mine, func(string) bool { return true }),
		l.removeNetworks(ctx, mine, func(string) bool { return true }),
	)
	if err != nil {
		return fmt.Errorf("clean up containers: %w", err)
	}
	return l.engine.Close()
}

func randomID() string {
	var b [4]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
