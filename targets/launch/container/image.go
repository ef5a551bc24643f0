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
	"os"

	"github.com/containerd/errdefs"
	"github.com/moby/moby/client"

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

// image is what [Launcher.Prepare] made or found.
type image struct {
	ref string // repository:SHA-256 of the program
	id  string // as the engine names its content
}

// Prepare makes the image with this program, unless the engine has it.
func (l *Launcher) Prepare(ctx context.Context, t targets.Target) (targets.Prepared, error) {
	if t.Container == nil || t.Container.Image != "self" {
		return targets.Prepared{}, fmt.Errorf("%s has no image that can be made here", t.Name)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.image == nil {
		made, err := l.makeImage(ctx)
		if err != nil {
			return targets.Prepared{}, fmt.Errorf("make an image of this program: %w", err)
		}
		l.image = &made
		l.removeOldImages(ctx, made.ref)
	}
	return targets.Prepared{Image: l.image.ref}, nil
}

func (l *Launcher) makeImage(ctx context.Context) (image, error) {
	f, err := os.Open(l.self)
	if err != nil {
		return image{}, err
	}
	defer f.Close()
	h := sha256.New()
	size, err := io.Copy(h, f)
	if err != nil {
		return image{}, err
	}
	made := image{ref: repository + ":" + hex.EncodeToString(h.Sum(nil))}
	there, err := l.engine.ImageInspect(ctx, made.ref)
	if errdefs.IsNotFound(err) {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			return image{}, err
		}
		if err := l.importProgram(ctx, f, size, made.ref); err != nil {
			return image{}, err
		}
		there, err = l.engine.ImageInspect(ctx, made.ref)
	}
	if err != nil {
		return image{}, err
	}
	made.id = there.ID
	return made, nil
}

// importProgram hands the engine the one file of the image. That is what FROM
// scratch and COPY come to, without a builder.
func (l *Launcher) importProgram(ctx context.Context, f io.Reader, size int64, ref string) error {
	out, in := io.Pipe()
	defer out.Close() // ends the writer when the engine gives up early
	go func() { in.CloseWithError(archive(in, f, size)) }()
	answer, err := l.engine.ImageImport(ctx, client.ImageImportSource{Source: out, SourceName: "-"}, ref,
		client.ImageImportOptions{Changes: []string{"USER " + user, "LABEL " + labelSelf + "=true"}})
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

func archive(w io.Writer, f io.Reader, size int64) error {
	tw := tar.NewWriter(w)
	if err := tw.WriteHeader(&tar.Header{Name: program[1:], Mode: 0o755, Size: size, Typeflag: tar.TypeReg}); err != nil {
		return err
	}
	if _, err := io.Copy(tw, f); err != nil {
		return err
	}
	return tw.Close()
}
