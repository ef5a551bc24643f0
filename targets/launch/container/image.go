package container

import (
	"archive/tar"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/containerd/errdefs"
	"github.com/distribution/reference"
	"github.com/moby/moby/api/pkg/authconfig"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"

	"github.com/oauthmark/oauthmark/reference/config"
	"github.com/oauthmark/oauthmark/targets"
)

const (
	// repository has a host in its name, so that no engine looks for it in a public
	// registry and no prefix for one is put before it.
	repository = "localhost/oauthmark-self"
	// program is where the image has this program; it has nothing else.
	program = "/oauthmark"
	// user is nobody in particular, and not root.
	user = "65532:65532"
)

// Prepare makes the network, named after the target that is prepared first, and sees
// to it that the engine has the image: an image of this program is made, another one
// is pulled, unless it is there.
func (l *Launcher) Prepare(ctx context.Context, t targets.Target) (targets.Prepared, error) {
	if t.Container == nil {
		return targets.Prepared{}, fmt.Errorf("%s can't run in a container", t.Name)
	}
	for _, f := range t.Container.Files {
		if f.From == "" {
			continue
		}
		if info, err := fs.Stat(t.Files, f.From); err != nil || !info.Mode().IsRegular() {
			return targets.Prepared{}, &config.Error{File: f.From, Err: errors.New("not a file in the folder of target " + t.Name)}
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.makeNetwork(ctx, t.Name); err != nil {
		return targets.Prepared{}, fmt.Errorf("make a network: %w", err)
	}
	name := l.self
	if t.Container.Image != "self" {
		named, err := reference.ParseDockerRef(t.Container.Image)
		if err != nil {
			return targets.Prepared{}, fmt.Errorf("image %q: %w", t.Container.Image, err)
		}
		name = named.String() // with its registry, so that no prefix is put before it
	}
	if l.images[name] == "" {
		content, err := l.obtain(ctx, name)
		if err != nil {
			return targets.Prepared{}, err
		}
		l.images[name] = content
	}
	return targets.Prepared{Image: name}, nil
}

// obtain returns how the engine identifies the image's content.
func (l *Launcher) obtain(ctx context.Context, name string) (content string, err error) {
	there, err := l.engine.ImageInspect(ctx, name)
	if errdefs.IsNotFound(err) {
		if name != l.self {
			err = l.pull(ctx, name)
		} else if err = l.importProgram(ctx); err != nil {
			err = fmt.Errorf("make an image of this program: %w", err)
		}
		if err != nil {
			return "", err
		}
		there, err = l.engine.ImageInspect(ctx, name)
	}
	if err != nil {
		return "", fmt.Errorf("inspect image %s: %w", name, err)
	}
	if name != l.self && len(there.RepoDigests) > 0 {
		return there.RepoDigests[0], nil // others can pull it by that
	}
	return there.ID, nil
}

// pull asks the registry with the credentials that Docker has for it. testcontainers
// would drop the reason of a failure.
func (l *Launcher) pull(ctx context.Context, name string) error {
	var o client.ImagePullOptions
	if _, auth, err := testcontainers.DockerImageAuth(ctx, name); err == nil {
		if o.RegistryAuth, err = authconfig.Encode(auth); err != nil {
			return fmt.Errorf("pull %s: %w", name, err)
		}
	}
	answer, err := l.engine.ImagePull(ctx, name, o)
	if err == nil {
		err = answer.Wait(ctx)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("%w: the container engine lacks image %s and can't pull it: %w; check the name, "+
			"log in with 'docker login' if it is private, or bring it with 'docker load'", targets.ErrRuntime, name, err)
	}
	return nil
}

// selfImage names the image of the program at the path by its content.
func selfImage(path string) (name string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return repository + ":" + hex.EncodeToString(h.Sum(nil)), nil
}

// importProgram hands the engine the one file of the image. That is what FROM
// scratch and COPY come to, without a builder.
func (l *Launcher) importProgram(ctx context.Context) error {
	f, err := os.Open(l.path)
	if err != nil {
		return err
	}
	defer f.Close()
	out, in := io.Pipe()
	defer out.Close() // ends the writer when the engine gives up early
	go func() { in.CloseWithError(archive(in, f)) }()
	return l.load(ctx, out, l.self, "USER "+user, "LABEL "+labelSelf+"=true")
}

// load makes an image of a tar archive.
func (l *Launcher) load(ctx context.Context, files io.Reader, name string, changes ...string) error {
	answer, err := l.engine.ImageImport(ctx, client.ImageImportSource{Source: files, SourceName: "-"}, name,
		client.ImageImportOptions{Changes: changes})
	if err != nil {
		return err
	}
	defer answer.Close()
	// The engine answers with a stream of messages; a failure is one of them.
	for dec := json.NewDecoder(answer); ; {
		var message struct {
			Error string `json:"error"`
		}
		if err := dec.Decode(&message); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read the engine's answer: %w", err)
		}
		if message.Error != "" {
			return errors.New(message.Error)
		}
	}
}

func archive(w io.Writer, f *os.File) error {
	info, err := f.Stat()
	if err != nil {
		return err
	}
	tw := tar.NewWriter(w)
	if err := tw.WriteHeader(&tar.Header{Name: program[1:], Mode: 0o755, Size: info.Size(), Typeflag: tar.TypeReg}); err != nil {
		return err
	}
	if _, err := io.Copy(tw, f); err != nil {
		return err
	}
	return tw.Close()
}
