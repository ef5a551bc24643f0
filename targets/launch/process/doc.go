// Package process starts servers under test as processes of this machine.
//
// In order of use: [New] makes a launcher; Prepare looks for the programs that a
// target requires and installs the target's files, once for each content; Launch
// starts a service and waits until it is ready; Stop, of what Launch returned, ends
// it with all its children.
//
// A service is the leader of its own process group and reads a pipe that ends when
// this program does. On Linux the kernel also kills it then. Nothing is left
// running, even when this program is killed.
package process
