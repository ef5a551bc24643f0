package container

import (
	"context"
	"errors"
	"slices"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"
)

// sweep removes the containers and networks of processes that have died, and the
// images of this program that nobody needs any more. Failing at that is no reason not
// to start: the next run tries again.
func (l *Launcher) sweep(ctx context.Context) {
	owned := make(client.Filters).Add("label", labelOwner)
	_ = l.removeContainers(ctx, owned, l.owner.dead)
	_ = l.removeNetworks(ctx, owned, l.owner.dead)
	_ = l.removeImages(ctx, owned)
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

// removeImages removes the images of other builds that no network says are needed: a
// run makes its network first, and its containers later. The engine refuses for an
// image that a container uses, which is fine.
func (l *Launcher) removeImages(ctx context.Context, owned client.Filters) error {
	images, err := l.engine.ImageList(ctx, client.ImageListOptions{Filters: make(client.Filters).Add("label", labelSelf)})
	if err != nil {
		return err
	}
	networks, err := l.engine.NetworkList(ctx, client.NetworkListOptions{Filters: owned})
	if err != nil {
		return err
	}
	needed := []string{l.self}
	for _, n := range networks.Items {
		needed = append(needed, n.Labels[labelNeeds])
	}
	for _, i := range images.Items {
		if !slices.ContainsFunc(i.RepoTags, func(tag string) bool { return slices.Contains(needed, tag) }) {
			_, _ = l.engine.ImageRemove(ctx, i.ID, client.ImageRemoveOptions{PruneChildren: true})
		}
	}
	return nil
}
