// Package container starts servers under test in containers.
//
// In order of use: [Open] asks whether an engine answers that can run this program,
// and removes what dead runs and old builds left in it; Prepare makes a network and the
// image, FROM scratch with this program alone, once for each build of it, or pulls an
// image that the engine lacks; Launch starts a service and waits until it is ready;
// Close removes the network.
//
// Ports are published on 127.0.0.1 only. Networks are named oauthmark-PROCESS-ID-TARGET
// and containers oauthmark-PROCESS-ID-TARGET-SERVICE, and both are labelled with the
// process that owns them, so that the next run removes what a killed one could not.
// Until then the servers of a killed run end by themselves when they are this program's
// own, because nobody asks them any more how they are. A server from another image runs
// until the next run removes it.
package container
