package container

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// imageAge is how long an image of another build is kept: it may have been made
// for a container that is about to start.
const imageAge = time.Hour

// sweep removes the containers and networks of processes that have died. Failing
// at that is no reason not to start: the next run tries again.
func (l *Launcher) sweep(ctx context.Context) {
	owned := make(client.Filters).Add("label", labelOwner)
	_ = l.removeContainers(ctx, owned, l.owner.dead)
	_ = l.removeNetworks(ctx, owned, l.owner.dead)
}

func (l *Launcher) removeContainers(ctx context.Context, which client.Filters, condemned func(owner string) bool) error {
	list, err := l.engine.ContainerList(ctx, client.ContainerListOptions{All: true, Filters: which})
	if err != nil {
		return err
	}
	var errs []error
	for _, c := range list.Items {
		if condemned(c.Labels[labelOwner]) {
			_, err := l.engine.ContainerRemove(ctx, c.ID, client.ContainerRemoveOptions{Force: true, RemoveVolumes: true})
			errs = append(errs, unlessGone(err))
		}
	}
	return errors.Join(errs...)
}

func (l *Launcher) removeNetworks(ctx context.Context, which client.Filters, condemned func(owner string) bool) error {
	list, err := l.engine.NetworkList(ctx, client.NetworkListOptions{Filters: which})
	if err != nil {
		return err
	}
	var errs []error
	for _, n := range list.Items {
		if condemned(n.Labels[labelOwner]) {
			_, err := l.engine.NetworkRemove(ctx, n.ID, client.NetworkRemoveOptions{})
			errs = append(errs, unlessGone(err))
		}
	}
	return errors.Join(errs...)
}

// unlessGone forgives the absence of what was to be removed, and a removal that is
// under way.
func unlessGone(err error) error {
	if errdefs.IsNotFound(err) || errdefs.IsConflict(err) {
		return nil
	}
	return err
}

// removeOldImages removes images of other builds that no container uses. The
// engine refuses for one in use, which is fine.
func (l *Launcher) removeOldImages(ctx context.Context, current string) {
	list, err := l.engine.ImageList(ctx, client.ImageListOptions{Filters: make(client.Filters).Add("label", labelSelf)})
	if err != nil {
		return
	}
	for _, i := range list.Items {
		if time.Since(time.Unix(i.Created, 0)) > imageAge && !slices.Contains(i.RepoTags, current) {
			_, _ = l.engine.ImageRemove(ctx, i.ID, client.ImageRemoveOptions{PruneChildren: true})
		}
	}
}
