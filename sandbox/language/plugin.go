package language

import (
	"errors"
	"fmt"
	"os/exec"
	"sync"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// RunPlugin builds and runs a plugin that is written in Go: the policy pack.
// What it prints goes to the engine as it comes.
func (h *Host) RunPlugin(req *pulumirpc.RunPluginRequest, stream grpc.ServerStreamingServer[pulumirpc.RunPluginResponse]) error {
	program, err := build(stream.Context(), h.home, req.GetInfo().GetProgramDirectory())
	if err != nil {
		return err
	}
	to := &sender{stream: stream}
	cmd := exec.CommandContext(stream.Context(), program, req.GetArgs()...)
	cmd.Dir, cmd.Env = req.GetPwd(), req.GetEnv()
	cmd.Stdout, cmd.Stderr = writer(to.stdout), writer(to.stderr)
	err = cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return fmt.Errorf("run %s: %w", program, err)
	}
	code := int32(cmd.ProcessState.ExitCode())
	return to.send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: code}})
}

// sender puts two streams into one, a message at a time.
type sender struct {
	mu     sync.Mutex
	stream grpc.ServerStreamingServer[pulumirpc.RunPluginResponse]
}

func (s *sender) send(message *pulumirpc.RunPluginResponse) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stream.Send(message)
}

func (s *sender) stdout(text []byte) error {
	return s.send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stdout{Stdout: text}})
}

func (s *sender) stderr(text []byte) error {
	return s.send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stderr{Stderr: text}})
}

// writer makes a writer of a function that consumes text.
type writer func([]byte) error

func (w writer) Write(text []byte) (int, error) {
	if err := w(append([]byte(nil), text...)); err != nil {
		return 0, err
	}
	return len(text), nil
}
