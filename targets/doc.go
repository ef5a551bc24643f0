// Package targets starts the servers that a run measures and judges.
//
// In order of use: a [Target] says what a server is and what it can do, and comes
// from a target.yaml of this folder, a YAML file or a URL; a [Launcher] starts its
// services, in containers (launch/container) or as processes (launch/process); an
// [Environment] starts a set of targets, each with a reference verifier beside it,
// hands out an [Instance] for each, and stops what it started.
//
// The package knows servers, and nothing of what is done to them.
package targets
