package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/avila-devops/saas/sandbox/atomicfile"
)

// startTries bounds how often a port that was free when it was chosen may be
// taken by another program before the server listens on it.
const startTries = 3

// Start starts the cluster unless it runs, and returns when it is ready.
func (c Cluster) Start(ctx context.Context) error {
	release, err := c.lock(ctx)
	if err != nil {
		return fmt.Errorf("start cluster %s: %w", c, err)
	}
	defer release()
	return c.startLocked(ctx)
}

func (c Cluster) startLocked(ctx context.Context) error {
	token, err := Token(c.home)
	if err != nil {
		return fmt.Errorf("start cluster %s: %w", c, err)
	}
	if c.Running() && c.accepts(token) {
		err := c.waitReady(ctx, token)
		if err == nil || ctx.Err() != nil {
			return err
		}
		// It was about to end, or hangs: a new start is the remedy.
	}
	for try := 1; ; try++ {
		err := c.start(ctx, token)
		if err == nil {
			return nil
		}
		// What does not become ready is stopped, so that the next start begins
		// from nothing.
		stopCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), termPatience+killPatience)
		err = errors.Join(err, c.stop(stopCtx))
		cancel()
		if !errors.Is(err, errPortTaken) || try == startTries {
			return fmt.Errorf("start cluster %s: %w", c, err)
		}
	}
}

func (c Cluster) start(ctx context.Context, token string) error {
	if err := c.stop(ctx); err != nil {
		return err
	}
	if err := c.certify(); err != nil {
		return err
	}
	if err := atomicfile.Write(c.path(tokensFile), tokens(token), 0o600); err != nil {
		return err
	}
	p, err := c.choosePorts()
	if err != nil {
		return err
	}
	for _, server := range []process{c.etcd(p), c.apiServer(p)} {
		if err := server.launch(ctx); err != nil {
			return err
		}
	}
	return c.waitReady(ctx, token)
}

// accepts says whether the running API server was started with this token.
func (c Cluster) accepts(token string) bool {
	text, err := os.ReadFile(c.path(tokensFile))
	return err == nil && bytes.Equal(text, tokens(token))
}

// Running says whether both servers run.
func (c Cluster) Running() bool {
	for _, server := range c.servers(ports{}) {
		if server.pid() == 0 {
			return false
		}
	}
	return true
}

// Stop ends the cluster's processes and returns when they are gone. Its data
// stays.
func (c Cluster) Stop(ctx context.Context) error {
	release, err := c.lock(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("stop cluster %s: %w", c, err)
	}
	defer release()
	if err := c.stop(ctx); err != nil {
		return fmt.Errorf("stop cluster %s: %w", c, err)
	}
	return nil
}

func (c Cluster) stop(ctx context.Context) error {
	// Without its database an API server does not end by itself.
	orphan := c.etcd(ports{}).pid() == 0
	for _, server := range c.servers(ports{}) {
		if err := server.stop(ctx, orphan); err != nil {
			return err
		}
	}
	return nil
}

// Remove stops the cluster and deletes all that it held. A cluster that is
// gone already is no error.
func (c Cluster) Remove(ctx context.Context) error {
	release, err := c.lock(ctx)
	if errors.Is(err, fs.ErrNotExist) {
		return c.sweep()
	}
	if err != nil {
		return fmt.Errorf("remove cluster %s: %w", c, err)
	}
	defer release()
	if err := c.stop(ctx); err != nil {
		return fmt.Errorf("remove cluster %s: %w", c, err)
	}
	// Moved aside first: a cluster of the same name may be created while the
	// old one is being deleted.
	trash := fmt.Sprintf("%s%d", c.trash(), time.Now().UnixNano())
	if err := os.Rename(c.dir(), trash); err != nil {
		return fmt.Errorf("remove cluster %s: %w", c, err)
	}
	return c.sweep()
}

func (c Cluster) trash() string {
	return filepath.Join(c.home.Clusters(), ".removed-"+c.String()+".")
}

// sweep deletes what this and earlier, interrupted removals moved aside.
func (c Cluster) sweep() error {
	moved, err := filepath.Glob(c.trash() + "*")
	if err != nil {
		return err
	}
	for _, dir := range moved {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	if err != nil {
		return fmt.Errorf("remove cluster %s: %w", c, err)
	}
	return nil
}
