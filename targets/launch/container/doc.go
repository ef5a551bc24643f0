// Package container starts servers under test in containers.
//
// In order of use: [Open] asks whether an engine answers that can run this program,
// removes what dead runs left in it, and makes a network; Prepare makes the image,
// FROM scratch with this program alone, once for each build of it; Launch starts a
// service and waits until it is ready; Close removes the network.
//
// Nothing is ever pulled. Ports are published on 127.0.0.1 only. A server is asked
// now and then how it is, and ends by itself when it no longer is, so that nothing is
// left running by a program, or an engine, that was killed; and every container and
// network is labelled with the process that owns it, so that the next run removes what
// a killed one could not.
package container
