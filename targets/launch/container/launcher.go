package container

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/network"

	"github.com/oauthmark/oauthmark/targets"
)

// Launcher starts containers in a network of its own. It is safe for concurrent
// use.
type Launcher struct {
	self   string // path of the program that goes into the image
	engine *client.Client
	owner  owner
	labels map[string]string // of all that it makes

	mu    sync.Mutex
	image *image // nil until it is prepared

	network *testcontainers.DockerNetwork
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

// New returns a launcher whose images hold the program at the path self. Its error
// says why there can be no containers here, and what to do about it.
func New(ctx context.Context, self string) (*Launcher, error) {
	engine, arch, err := answering(ctx)
	if err != nil {
		return nil, err
	}
	if err := runsIn(self, arch); err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	me, err := thisProcess()
	if err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	l := &Launcher{self: self, engine: engine, owner: me, labels: map[string]string{
		labelOwner:    me.String(),
		labelLauncher: randomID(),
	}}
	ctx, cancel := context.WithTimeoutCause(ctx, engineTimeout, errStuck)
	defer cancel()
	l.sweep(ctx)
	l.network, err = network.New(ctx, network.WithLabels(l.ownLabels()))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make a network: %w", err), l.Close(context.WithoutCancel(ctx)))
	}
	return l, nil
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

// ownLabels returns a copy: testcontainers adds its own to what it is given.
func (l *Launcher) ownLabels() map[string]string {
	labels := testcontainers.GenericLabels()
	for k, v := range l.labels {
		labels[k] = v
	}
	return labels
}

func randomID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
