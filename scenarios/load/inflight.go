package load

import (
	"fmt"
	"os"
)

const (
	unknownDescriptors = 8192  // where the system doesn't tell
	unknownPorts       = 16384 // likewise; the range that IANA gives to short-lived ports
	ownDescriptors     = 256   // that are used for other things
)

// MostInFlight is how many requests this machine lets be in flight to one server, each of
// which needs a descriptor and a port, and which of the two is the limit. It is no setting:
// a lower one would make a queue of the generator's own, in which requests wait as they
// would for no server.
func MostInFlight() (n int, limit string) {
	files, ports := descriptors()-ownDescriptors, unknownPorts
	if raw, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil {
		var low, high int
		if _, err := fmt.Sscan(string(raw), &low, &high); err == nil && high > low {
			ports = high - low
		}
	}
	if files < ports {
		return max(files, 1), "descriptors"
	}
	return ports, "ports"
}
