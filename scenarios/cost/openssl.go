package cost

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"

	"github.com/oauthmark/oauthmark/results"
)

// opensslNames are what openssl speed is asked for, by its own names.
var opensslNames = []string{"ecdsap256", "ecdsap384", "ecdsap521", "ed25519", "rsa2048", "rsa3072", "rsa4096", "sha256", "sha384", "sha512"}

// opensslOperations are openssl/NAME: the figures of another program beside ours, from
// a process of its own that runs before the measurement. They have neither interval
// nor batches, and no ratio is taken to them.
func opensslOperations() []operation {
	var all []operation
	for _, name := range opensslNames {
		all = append(all, operation{name: "openssl/" + name, prepare: opensslSpeed(name), large: true})
	}
	return all
}

const (
	opensslSeconds = "1"
	opensslBytes   = 1024 // that a digest is measured on
)

func opensslSpeed(name string) func(*material) (does, limit work, err error) {
	return func(m *material) (work, work, error) {
		path, err := exec.LookPath("openssl")
		if err != nil {
			return nil, nil, notRun{reason: "there is no program called openssl", lacks: true}
		}
		args := []string{"speed", "-mr", "-seconds", opensslSeconds}
		bytes := 0
		if strings.HasPrefix(name, "sha") {
			args, bytes = append(args, "-bytes", strconv.Itoa(opensslBytes), "-evp"), opensslBytes
		}
		out, err := run(m.ctx, path, append(args, name)...)
		if err != nil {
			return nil, nil, err
		}
		figures, err := parseSpeed(out)
		if err != nil {
			return nil, nil, notRun{reason: "openssl speed " + name + ": " + err.Error()}
		}
		version, err := run(m.ctx, path, "version")
		if err != nil {
			return nil, nil, err
		}
		words := strings.Fields(string(version))
		text := fmt.Sprintf("%s, in a process of its own for %s s each: %s", strings.Join(words[:min(2, len(words))], " "), opensslSeconds, figures)
		return &tally{bytes: bytes, warnings: []results.Warning{{Code: "another-program", Text: text}}}, nil, nil
	}
}

// run returns what a program printed.
func run(ctx context.Context, path string, args ...string) ([]byte, error) {
	out, err := exec.CommandContext(ctx, path, args...).Output()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, notRun{reason: fmt.Sprintf("openssl %s failed", args[0])}
	}
	return out, nil
}

// parseSpeed reads the lines that -mr makes for programs: +F2 is RSA, +F4 ECDSA and
// +F6 EdDSA, each with two figures, of signing and of verifying; +F is a digest's bytes
// in a second.
func parseSpeed(out []byte) (string, error) {
	for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
		f := strings.Split(lines.Text(), ":")
		switch {
		case f[0] == "+F" && len(f) > 3:
			perSecond, err := strconv.ParseFloat(f[3], 64)
			if err != nil || perSecond <= 0 {
				return "", errors.New("no figure in its output")
			}
			return fmt.Sprintf("%.0f ns for %d bytes", 1e9*opensslBytes/perSecond, opensslBytes), nil
		case len(f) > 4 && (f[0] == "+F2" || f[0] == "+F4" || f[0] == "+F6"):
			return signAndVerify(f[len(f)-2], f[len(f)-1])
		}
	}
	return "", errors.New("no figure in its output")
}

// signAndVerify tells two rates. Old versions print the time of one operation instead,
// in seconds.
func signAndVerify(signs, verifies string) (string, error) {
	var each [2]float64 // microseconds
	for i, text := range []string{signs, verifies} {
		rate, err := strconv.ParseFloat(text, 64)
		if err != nil || rate <= 0 {
			return "", errors.New("no figure in its output")
		}
		if each[i] = 1e6 / rate; rate < 1 {
			each[i] = 1e6 * rate
		}
	}
	return fmt.Sprintf("%.4g us to sign, %.4g us to verify", each[0], each[1]), nil
}
