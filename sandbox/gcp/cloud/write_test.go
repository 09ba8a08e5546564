package cloud

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestAFullDiskIsSaidToBeFull(t *testing.T) {
	t.Parallel()
	err := unwritable("/sandbox/cloud/p/x.json", fmt.Errorf("write: %w", unix.ENOSPC))
	if !errors.Is(err, unix.ENOSPC) || !strings.Contains(err.Error(), "write /sandbox/cloud/p/x.json: write: no space left on device: the file is as it was; free some space on the disk, and run again") {
		t.Errorf("got %v", err)
	}
}
