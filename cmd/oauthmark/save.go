package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/report/plot"
	"github.com/oauthmark/oauthmark/report/text"
	"github.com/oauthmark/oauthmark/results"
)

// file is one that was rendered from a record.
type file struct {
	name string
	data []byte
}

// kept are the formats that a run leaves beside its record.
func kept() []format {
	return slices.DeleteFunc(slices.Clone(formats), func(f format) bool { return !f.kept })
}

// render makes the files of the formats, and the plots if they are wanted.
func render(chosen []format, doc report.Document, plots bool) ([]file, error) {
	var files []file
	for _, f := range chosen {
		var out bytes.Buffer
		if err := f.write(&out, doc); err != nil {
			return nil, fmt.Errorf("render %s: %w", f.name, err)
		}
		files = append(files, file{f.file, out.Bytes()})
	}
	if !plots {
		return files, nil
	}
	drawn, err := plot.Files(doc)
	if err != nil {
		return nil, fmt.Errorf("render plots: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(drawn)) {
		files = append(files, file{path.Join("plots", name), drawn[name]})
	}
	return files, nil
}

// writeFiles puts the files into a folder.
func writeFiles(ctx context.Context, folder *results.Folder, files []file) error {
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := folder.Write(f.name, f.data); err != nil {
			return err
		}
	}
	return nil
}

// print shows the run on standard output, and where its folder is if it was saved.
func (m measurement) print(std stdio, doc report.Document, dir string, saved bool) error {
	if m.settings.json {
		return writeJSON(std.out, doc)
	}
	if err := text.Write(std.out, doc); err != nil || !saved {
		return err
	}
	_, err := fmt.Fprintf(std.out, "\nsaved in %s; open %s\n", dir, path.Join(dir, "report.html"))
	return err
}
