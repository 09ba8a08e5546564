package provider

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// engineSilence is how often the engine is asked whether it still lives. A
// plugin that outlived its engine would hold its port and memory for ever.
const engineSilence = 5 * time.Second

// Serve answers the engine at the given address until it goes. It prints the
// port that it listens on, which is how the engine finds it.
func Serve(p plugin.Provider, engine string) error {
	return ServeGRPC(engine, func(server *grpc.Server) {
		pulumirpc.RegisterResourceProviderServer(server, plugin.NewProviderServer(p))
	})
}

// ServeGRPC serves whatever register puts on the server, as [Serve] does.
func ServeGRPC(engine string, register func(*grpc.Server)) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	stop := make(chan bool)
	if engine != "" {
		if err := rpcutil.Healthcheck(ctx, engine, engineSilence, cancel); err != nil {
			return fmt.Errorf("watch the engine at %s: %w", engine, err)
		}
	}
	go func() {
		<-ctx.Done()
		close(stop)
	}()
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: stop,
		Init: func(server *grpc.Server) error {
			register(server)
			return nil
		},
	})
	if err != nil {
		return fmt.Errorf("listen for the engine: %w", err)
	}
	fmt.Println(handle.Port) //nolint:forbidigo // the plugin protocol: the port on standard output
	if err := <-handle.Done; err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("serve the engine: %w", err)
	}
	return nil
}
