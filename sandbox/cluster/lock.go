package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// lockFile is held by whoever changes the cluster's processes or directory.
const lockFile = "lock"

// lockPause is how long a waiter rests between two tries: flock itself cannot
// be interrupted when the context ends.
const lockPause = 25 * time.Millisecond

// lock waits for the cluster's lock and returns what releases it. The lock
// lies in the directory, so removing the directory ends it: a waiter that then
// holds the lock of a removed file tries again with the new one. It fails with
// [fs.ErrNotExist] when the directory is gone.
func (c Cluster) lock(ctx context.Context) (release func(), err error) {
	for {
		file, err := os.OpenFile(c.path(lockFile), os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, err
		}
		err = unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil && c.holds(file) {
			return func() { _ = file.Close() }, nil
		}
		_ = file.Close()
		if err != nil && !errors.Is(err, unix.EWOULDBLOCK) && !errors.Is(err, unix.EINTR) {
			return nil, fmt.Errorf("lock %s: %w", c.path(lockFile), err)
		}
		if err := pause(ctx, lockPause); err != nil {
			return nil, fmt.Errorf("wait for whoever holds %s: %w", c.path(lockFile), err)
		}
	}
}

// holds says whether the locked file is still the one in the directory.
func (c Cluster) holds(file *os.File) bool {
	locked, err := file.Stat()
	if err != nil {
		return false
	}
	current, err := os.Stat(c.path(lockFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false
	}
	return err == nil && os.SameFile(locked, current)
}

// pause waits between two looks at something that cannot be waited for.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
