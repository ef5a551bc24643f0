package main

import (
	"bytes"
	"fmt"
	"path"

	"github.com/oauthmark/oauthmark/report"
	"github.com/oauthmark/oauthmark/report/plot"
	"github.com/oauthmark/oauthmark/report/text"
	"github.com/oauthmark/oauthmark/results"
)

// save writes what is rendered from the record into the run's folder.
func save(folder *results.Folder, doc report.Document) error {
	for _, f := range formats {
		if f.file == "" {
			continue
		}
		var out bytes.Buffer
		if err := f.write(&out, doc); err != nil {
			return fmt.Errorf("render %s: %w", f.file, err)
		}
		if err := folder.Write(f.file, out.Bytes()); err != nil {
			return err
		}
	}
	return writePlots(folder, doc)
}

func writePlots(folder *results.Folder, doc report.Document) error {
	plots, err := plot.Files(doc)
	if err != nil {
		return fmt.Errorf("render plots: %w", err)
	}
	for name, data := range plots {
		if err := folder.Write(path.Join("plots", name), data); err != nil {
			return err
		}
	}
	return nil
}

// print shows the run on standard output, and where its folder is.
func (m measurement) print(std stdio, doc report.Document, dir string) error {
	if m.settings.json {
		return writeJSON(std.out, doc)
	}
	if err := text.Write(std.out, doc); err != nil {
		return err
	}
	_, err := fmt.Fprintf(std.out, "\nsaved in %s; open %s\n", dir, path.Join(dir, "report.html"))
	return err
}
