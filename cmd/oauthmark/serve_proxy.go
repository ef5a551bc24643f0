package main

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/spf13/cobra"

	"github.com/oauthmark/oauthmark/targets/between"
)

const proxyExample = `  oauthmark serve proxy --listen 127.0.0.1:8079 --to 127.0.0.1:8080
  curl -X POST 'http://127.0.0.1:8079` + between.Path + `?mode=pass&delay=5ms'   # a round trip takes 5 ms more
  curl -X POST 'http://127.0.0.1:8079` + between.Path + `?mode=freeze'           # or down, reset, error, slow
  curl http://127.0.0.1:8079` + between.Path

// proxyCommand is 'serve proxy', which has no configuration but what it is told while it
// runs.
func proxyCommand(std stdio) *cobra.Command {
	var listen, control string
	var o between.Options
	var untilEOF bool
	var lease time.Duration
	cmd := &cobra.Command{
		Use:     "proxy",
		Short:   "run the proxy that makes the way to an issuer long, or the issuer unwell",
		Example: proxyExample,
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.To == "" {
				return usagef("serve proxy: --to HOST:PORT is missing: 'oauthmark serve proxy --help' shows an example")
			}
			ctx := cmd.Context()
			if untilEOF {
				ctx = endsWith(ctx, std.in)
			}
			if lease > 0 {
				within, cancel := context.WithCancel(ctx)
				defer cancel()
				timer := time.AfterFunc(lease, cancel)
				ctx, o.Asked = within, func() { timer.Reset(lease) }
			}
			o.Anybody = control == anybody
			p, err := between.New(o)
			if err != nil {
				return usagef("serve proxy: --to: %w", err)
			}
			listener, err := net.Listen("tcp", listen)
			if err != nil {
				return usagef("serve proxy: --listen %s: %w", listen, err)
			}
			fmt.Fprintf(std.err, "oauthmark proxy listening on http://%s\n", listener.Addr())
			return p.Serve(ctx, listener)
		},
	}
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8079", "`ADDRESS` to listen on")
	cmd.Flags().StringVar(&o.To, "to", "", "`HOST:PORT` of the server that it stands before, be it an issuer or a store")
	cmd.Flags().Var(oneOf(&control, "loopback", "loopback", anybody), "control", "`WHO` may set what it does: loopback, or anybody who reaches it")
	cmd.Flags().BoolVar(&untilEOF, "until-eof", false, "end when standard input ends, as it does when the parent process dies")
	cmd.Flags().DurationVar(&lease, "lease", 0, "end when "+between.Path+" was not asked for so long, as when the parent that can't be seen has died")
	return cmd
}

// anybody may control a proxy in a container, whose port is published on loopback alone.
const anybody = "anybody"
