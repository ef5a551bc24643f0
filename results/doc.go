// Package results is the record of a run: its Go types, its JSON form and the
// folder that holds it.
//
// A [Run] is written once, by the run that measured it, and read by everything
// else. Until then a journal holds each step that is done, so that a run which was killed
// is read too. Reports, plots and gates work from a record alone, so a run that is a
// year old renders again without a server, a container or a network.
//
// The package imports nothing else of this module, and a record never holds a
// usable token, secret or private key: evidence is redacted before it gets here.
package results
