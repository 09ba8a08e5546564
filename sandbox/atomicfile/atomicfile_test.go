package atomicfile_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/avila-devops/saas/sandbox/atomicfile"
)

func TestAFileIsReplacedWithItsMode(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "made", "on", "the", "way")
	for _, content := range []string{"old", "new"} {
		if err := atomicfile.Write(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(path)
		if err != nil || string(got) != content {
			t.Errorf("the file holds %q, %v; want %q", got, err, content)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the mode is %v, %v; want 0600", info.Mode(), err)
	}
}

// failing gives some content and then an error.
type failing struct{ err error }

func (f *failing) Read(p []byte) (int, error) { return copy(p, "half"), f.err }

func TestAFailureLeavesTheFileAsItWasAndNothingBeside(t *testing.T) {
	t.Parallel()
	unsound := errors.New("unsound")
	for name, row := range map[string]struct {
		content io.Reader
		sound   func() error
		is      error
		want    string
	}{
		"a full disk":          {&failing{unix.ENOSPC}, nil, unix.ENOSPC, "free some space on the disk"},
		"no right":             {&failing{fs.ErrPermission}, nil, fs.ErrPermission, "give this user the right to write there"},
		"another error":        {&failing{io.ErrUnexpectedEOF}, nil, io.ErrUnexpectedEOF, "the file is as it was"},
		"content not accepted": {strings.NewReader("half"), func() error { return unsound }, unsound, "the file is as it was"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			path := filepath.Join(dir, "file")
			if err := atomicfile.Write(path, []byte("old"), 0o644); err != nil {
				t.Fatal(err)
			}
			err := atomicfile.WriteFrom(path, row.content, 0o644, row.sound)
			if !errors.Is(err, row.is) || !strings.Contains(err.Error(), row.want) {
				t.Errorf("the error is %v; want %v and %q", err, row.is, row.want)
			}
			if got, err := os.ReadFile(path); err != nil || string(got) != "old" {
				t.Errorf("the file holds %q, %v", got, err)
			}
			if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
				t.Errorf("beside the file lies %v, %v", entries, err)
			}
		})
	}
}
