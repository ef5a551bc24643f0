package targets

import (
	"errors"
	"io/fs"
	"path"
	"strconv"

	"github.com/distribution/reference"

	"github.com/oauthmark/oauthmark/reference/config"
)

func validateContainer(doc *config.Document, c *ContainerSpec) error {
	self := c.Image == "self"
	if err := pinned(c.Image); !self && err != nil {
		return doc.Errorf("container.image", "is %q: %w", c.Image, err)
	}
	if self && len(c.Command) == 0 {
		return doc.Errorf("container.command", "is missing: the image self has none of its own")
	}
	if c.Port < 0 || c.Port > 65535 {
		return doc.Errorf("container.port", "is %d, want a port from 1 to 65535", c.Port)
	}
	values := blank(placeholders)
	delete(values, "dir")
	if !self {
		delete(values, "self")
	}
	if _, err := ExpandAll(c.Entrypoint, values); err != nil {
		return doc.Errorf("container.entrypoint", "%w", err)
	}
	for i, f := range c.Files {
		name := "container.files[" + strconv.Itoa(i) + "]"
		switch {
		case !path.IsAbs(f.Path) || path.Clean(f.Path) != f.Path || f.Path == "/":
			return doc.Errorf(name+".path", "is %q, want a path of the container such as /etc/server.json", f.Path)
		case (f.From == "") == (f.Content == ""):
			return doc.Errorf(name, "has path %s, want either from or content beside it", f.Path)
		case f.From != "" && !fs.ValidPath(f.From):
			return doc.Errorf(name+".from", "is %q, want a file of the target's folder", f.From)
		}
		if _, err := Expand(f.Content, values); err != nil {
			return doc.Errorf(name+".content", "%w", err)
		}
	}
	return validateRuntime(doc, "container", values, c.Command, c.Env, c.Ready)
}

// pinned says why the name may mean another image tomorrow.
func pinned(image string) error {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return err
	}
	if _, ok := named.(reference.Digested); ok {
		return nil
	}
	if tagged, ok := named.(reference.Tagged); !ok || tagged.Tag() == "latest" {
		return errors.New("want self, NAME:TAG with a tag other than latest, or NAME@sha256:DIGEST")
	}
	return nil
}
