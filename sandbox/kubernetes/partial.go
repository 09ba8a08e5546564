package kubernetes

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc/codes"
)

// partial tells the engine that the object exists but did not succeed, so that
// the state remembers it and the next update tries again.
func partial(id resource.ID, err error, outputs, inputs resource.PropertyMap) error {
	options := plugin.MarshalOptions{KeepSecrets: true, KeepUnknowns: true}
	state, stateErr := plugin.MarshalProperties(outputs, options)
	given, inputsErr := plugin.MarshalProperties(inputs, options)
	if stateErr != nil || inputsErr != nil {
		return err
	}
	return rpcerror.WithDetails(rpcerror.New(codes.Unknown, err.Error()), &pulumirpc.ErrorResourceInitFailed{
		Id: string(id), Properties: state, Reasons: []string{err.Error()}, Inputs: given,
	})
}
