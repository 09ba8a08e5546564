package image_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/avila-devops/saas/sandbox/image"
)

var (
	zeros = "sha256:" + strings.Repeat("0", 64)
	ones  = "sha256:" + strings.Repeat("1", 64)
)

func write(t *testing.T, text string, digests map[string]string) (string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "Pulumi.test.yaml")
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	err := image.Write(path, digests)
	after, readErr := os.ReadFile(path)
	if readErr != nil {
		t.Fatal(readErr)
	}
	return string(after), err
}

func TestWriteChangesNothingButTheDigest(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ before, after string }{
		"a digest is replaced": {
			"# top\nconfig:\n  a: \"x\" # why\n\n  saas:images:\n    # below\n    landing: " + zeros + " # note\n    clinic: 'sha256:x'\n  b: [1,  2]\n",
			"# top\nconfig:\n  a: \"x\" # why\n\n  saas:images:\n    # below\n    landing: " + ones + " # note\n    clinic: 'sha256:x'\n  b: [1,  2]\n",
		},
		"quotes stay":                         {"config:\n  saas:images:\n    landing: \"" + zeros + "\"\n", "config:\n  saas:images:\n    landing: \"" + ones + "\"\n"},
		"a service joins the others":          {"config:\n    saas:images:\n        clinic: " + zeros + "\n    z: 1\n", "config:\n    saas:images:\n        clinic: " + zeros + "\n        landing: " + ones + "\n    z: 1\n"},
		"an empty mapping is filled":          {"config:\n  saas:images: {} # none yet\n  z: 1\n", "config:\n  saas:images: # none yet\n    landing: " + ones + "\n  z: 1\n"},
		"an empty value is filled":            {"config:\n  saas:images:\n  z: 1\n", "config:\n  saas:images:\n    landing: " + ones + "\n  z: 1\n"},
		"braces become a block":               {"config:\n  saas:images: {clinic: " + zeros + ", landing: " + zeros + "}\n", "config:\n  saas:images:\n    clinic: " + zeros + "\n    landing: " + ones + "\n"},
		"the key is added":                    {"config:\n  a: 1\n  b:\n    - id: x\n", "config:\n  a: 1\n  b:\n    - id: x\n  saas:images:\n    landing: " + ones + "\n"},
		"the key is added after a block text": {"config:\n  a: |\n    one\n    two\nother: 1\n", "config:\n  a: |\n    one\n    two\n  saas:images:\n    landing: " + ones + "\nother: 1\n"},
		"config is added":                     {"encryptionsalt: v1:x\n", "encryptionsalt: v1:x\nconfig:\n  saas:images:\n    landing: " + ones + "\n"},
		"an empty file is filled":             {"", "config:\n  saas:images:\n    landing: " + ones + "\n"},
		"line ends of Windows stay":           {"config:\r\n  saas:images:\r\n    landing: " + zeros + "\r\n", "config:\r\n  saas:images:\r\n    landing: " + ones + "\r\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			after, err := write(t, row.before, map[string]string{"landing": ones})
			if err != nil || after != row.after {
				t.Errorf("%v\ngot\n%s\nwant\n%s", err, after, row.after)
			}
			again, err := write(t, after, map[string]string{"landing": ones})
			if err != nil || again != after {
				t.Errorf("the second time: %v\n%s", err, again)
			}
		})
	}
}

func TestTheRepositorysStacksCanBeWritten(t *testing.T) {
	t.Parallel()
	var written int
	for _, stack := range []string{"staging", "prod"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "Pulumi."+stack+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		after, err := write(t, string(text), map[string]string{"landing": ones})
		if err != nil {
			t.Fatal(err)
		}
		before, now := strings.Split(string(text), "\n"), strings.Split(after, "\n")
		if len(before) != len(now) {
			t.Fatalf("%s has %d lines, and had %d", stack, len(now), len(before))
		}
		for i := range before {
			if before[i] != now[i] {
				written++
				if now[i] != "    landing: "+ones {
					t.Errorf("%s: line %d became %q", stack, i+1, now[i])
				}
			}
		}
	}
	if written != 2 {
		t.Errorf("%d lines changed, want one in each stack", written)
	}
}

func TestWhatCannotBeWrittenIsRefusedAndLeftAlone(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ text, digest, want string }{
		"no digest":      {"config: {}\n", "latest", `image of landing: "latest" is not a digest; it must be sha256: and 64 hexadecimal digits`},
		"not YAML":       {"config: [\n", ones, "is not YAML: "},
		"a list":         {"- a\n", ones, "is not a mapping; a stack's configuration has config: at its top"},
		"folded braces":  {"config:\n  saas:images:\n    {landing: " + zeros + "}\n", ones, "saas:images is not a block, one service a line; write it as one"},
		"a word":         {"config:\n  saas:images: x\n", ones, "saas:images is not a block, one service a line; write it as one"},
		"config braces":  {"config: {a: 1}\n", ones, "config: is not a block, one key a line; write it as one"},
		"a nested image": {"config:\n  saas:images:\n    landing:\n      digest: x\n", ones, "line 4: an image is a digest, sha256: and 64 hexadecimal digits"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			after, err := write(t, row.text, map[string]string{"landing": row.digest})
			if err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got  %v\nwant %s", err, row.want)
			}
			if after != row.text {
				t.Errorf("the file became\n%s", after)
			}
		})
	}
}

func TestAStackThatDoesNotExistIsNotMade(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "Pulumi.test.yaml")
	if err := image.Write(path, map[string]string{"landing": ones}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}
