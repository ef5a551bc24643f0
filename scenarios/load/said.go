package load

import (
	"errors"
	"net"
)

// unanswered is the error of an exchange without what the server sent: net/http
// quotes the line that it couldn't read.
func unanswered(err error) error {
	var network net.Error
	var operation *net.OpError
	switch {
	case errors.As(err, &operation):
		return operation
	case errors.As(err, &network) && network.Timeout():
		return errors.New("no answer in time")
	}
	return errors.New("no answer in HTTP")
}
