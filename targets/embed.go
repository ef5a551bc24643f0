package targets

import (
	"embed"
	"io/fs"
	"slices"
)

// The files are listed one by one, so that what a package manager or an editor
// leaves in these folders never gets into the program.
//
//go:embed reference/target.yaml
//go:embed oidc-provider/target.yaml oidc-provider/README.md oidc-provider/server.mjs
//go:embed oidc-provider/package.json oidc-provider/package-lock.json oidc-provider/.npmrc
var embedded embed.FS

// Names lists the targets that the program knows by name, sorted.
func Names() []string {
	entries, err := fs.ReadDir(embedded, ".")
	if err != nil {
		return nil // an embedded folder can be read
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	return names
}
