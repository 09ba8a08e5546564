package provider

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// A Remark is something that people should read beside a resource.
type Remark func(ctx context.Context, urn resource.URN, text string) error

// RemarkTo has the engine at the given address show remarks as warnings. What a
// plugin prints, the engine shows to nobody.
func RemarkTo(engine string) Remark {
	return func(ctx context.Context, urn resource.URN, text string) error {
		conn, err := grpc.NewClient(engine, grpc.WithTransportCredentials(insecure.NewCredentials())) // on loopback
		if err != nil {
			return fmt.Errorf("reach the engine at %s: %w", engine, err)
		}
		defer conn.Close() //nolint:errcheck // nothing is left to be said on it
		request := &pulumirpc.LogRequest{Severity: pulumirpc.LogSeverity_WARNING, Message: text, Urn: string(urn)}
		if _, err := pulumirpc.NewEngineClient(conn).Log(ctx, request); err != nil {
			return fmt.Errorf("tell the engine at %s: %w", engine, err)
		}
		return nil
	}
}
