package filelock_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/avila-devops/saas/sandbox/filelock"
)

func TestASecondHolderWaitsUntilTheFirstReleases(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "made", "on", "the", "way")
	release, err := filelock.Acquire(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	var told int
	again, err := filelock.Acquire(t.Context(), path, func() {
		told++
		release() // only a waiting second holder gets here
	})
	if err != nil || told != 1 {
		t.Fatalf("the second holder was told %d times to wait, and got %v", told, err)
	}
	again()
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lock")
	release, err := filelock.Acquire(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := filelock.Acquire(ctx, path, cancel); !errors.Is(err, context.Canceled) {
		t.Errorf("a lock that is held gives %v, want context.Canceled", err)
	}
}
