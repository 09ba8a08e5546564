package provider

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// FaultEnv is the environment variable that injects faults: a comma-separated
// list of TYPE#N, each of which fails the N-th creation of a type.
const FaultEnv = "AVILA_FAULT"

// faulty fails the creations that it was told to fail.
type faulty struct {
	plugin.Provider
	failAt map[tokens.Type]int

	mu      sync.Mutex
	created map[tokens.Type]int
}

// WithFaults returns a provider that fails as the text demands. A text that it
// cannot read is an error: a fault that is not injected proves nothing.
func WithFaults(p plugin.Provider, text string) (plugin.Provider, error) {
	if text == "" {
		return p, nil
	}
	f := &faulty{Provider: p, failAt: map[tokens.Type]int{}, created: map[tokens.Type]int{}}
	for _, fault := range strings.Split(text, ",") {
		typ, number, _ := strings.Cut(strings.TrimSpace(fault), "#")
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || strings.Count(typ, ":") != 2 {
			return nil, fmt.Errorf("%s: %q is not TYPE#N; write it like gcp:sql/databaseInstance:DatabaseInstance#1", FaultEnv, fault)
		}
		f.failAt[tokens.Type(typ)] = n
	}
	return f, nil
}

// Create fails when it is the type's turn, before anything is made.
func (f *faulty) Create(ctx context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	if !req.Preview {
		f.mu.Lock()
		f.created[req.Type]++
		due := f.created[req.Type] == f.failAt[req.Type]
		f.mu.Unlock()
		if due {
			return plugin.CreateResponse{}, fmt.Errorf("%s: injected fault: creation %d of %s", req.URN.Name(), f.failAt[req.Type], req.Type)
		}
	}
	return f.Provider.Create(ctx, req)
}
