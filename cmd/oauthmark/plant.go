package main

import "github.com/oauthmark/oauthmark/reference/fault"

// defectNames are those of the resource server's defects.
func defectNames() (names []string) {
	for _, d := range fault.Defects() {
		names = append(names, d.Name)
	}
	return names
}
