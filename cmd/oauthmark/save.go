package main

import (
	"bytes"
	"fmt"
	"path"

	"github.com/oauthmark/oauthmark/report/plot"
	"github.com/oauthmark/oauthmark/report/text"
	"github.com/oauthmark/oauthmark/results"
)

// save writes the run's folder: the record first, for all else can be rendered
// again from it.
func save(folder *results.Folder, run results.Run) error {
	if err := folder.Save(run); err != nil {
		return err
	}
	for _, f := range formats {
		if f.file == "" {
			continue
		}
		var out bytes.Buffer
		if err := f.write(&out, run); err != nil {
			return fmt.Errorf("render %s: %w", f.file, err)
		}
		if err := folder.Write(f.file, out.Bytes()); err != nil {
			return err
		}
	}
	return writePlots(folder, run)
}

func writePlots(folder *results.Folder, run results.Run) error {
	plots, err := plot.Files(run)
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
func (m measurement) print(std stdio, run results.Run, dir string) error {
	if m.settings.json {
		raw, err := results.Marshal(run)
		if err != nil {
			return err
		}
		_, err = std.out.Write(raw)
		return err
	}
	if err := text.Write(std.out, run); err != nil {
		return err
	}
	_, err := fmt.Fprintf(std.out, "\nsaved in %s; open %s\n", dir, path.Join(dir, "report.html"))
	return err
}
