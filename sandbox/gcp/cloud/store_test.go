package cloud_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"

	"github.com/avila-devops/saas/sandbox/gcp/cloud"
	"github.com/avila-devops/saas/sandbox/home"
)

const token = "gcp:compute/network:Network"

// record is one valid record.
func record() *cloud.Record {
	return &cloud.Record{
		URN: urn.New("dev", "saas", "", token, "vpc"), Type: token, ID: "projects/p/global/networks/vpc", Project: "p",
		Created: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		Properties: resource.PropertyMap{
			"name": resource.NewProperty("vpc"), "mtu": resource.NewProperty(1460.0), "auto": resource.NewProperty(false), "none": resource.NewNullProperty(),
			"list":   resource.NewProperty([]resource.PropertyValue{resource.NewProperty("a"), resource.MakeSecret(resource.NewProperty("hidden-in-list"))}),
			"object": resource.NewProperty(resource.PropertyMap{"deep": resource.MakeSecret(resource.NewProperty(resource.PropertyMap{"er": resource.NewProperty("hidden-deep")}))}),
		},
	}
}

func put(t *testing.T, s *cloud.Store, r *cloud.Record) {
	t.Helper()
	if err := s.Do(t.Context(), func(tx *cloud.Tx) error { return tx.Put(r) }); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, s *cloud.Store, id string) (found *cloud.Record, err error) {
	t.Helper()
	err = s.Do(t.Context(), func(tx *cloud.Tx) (err error) {
		found, err = tx.Get(token, id)
		return err
	})
	return found, err
}

// path is the one file of the record.
func path(t *testing.T, h home.Home) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(h.Cloud(), "p", "compute.Network", "vpc-*.json"))
	if err != nil || len(files) != 1 {
		t.Fatalf("found %v, %v", files, err)
	}
	return files[0]
}

func TestARecordComesBackAsItWasToEveryProcess(t *testing.T) {
	t.Parallel()
	h := home.Home(t.TempDir())
	want := record()
	put(t, cloud.Open(h), want)
	got, err := get(t, cloud.Open(h), want.ID)
	if err != nil || got == nil {
		t.Fatalf("got %v, %v", got, err)
	}
	if !got.Properties.DeepEquals(want.Properties) || got.URN != want.URN || got.Project != want.Project || !got.Created.Equal(want.Created) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got.Name() != "vpc" {
		t.Errorf("its name is %q", got.Name())
	}
	if missing, err := get(t, cloud.Open(h), "other"); missing != nil || err != nil {
		t.Errorf("another id gives %v, %v", missing, err)
	}
}

func TestSecretsAreSealedWhereverTheyLie(t *testing.T) {
	t.Parallel()
	h := home.Home(t.TempDir())
	put(t, cloud.Open(h), record())
	text, err := os.ReadFile(path(t, h))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "hidden") || strings.Count(string(text), `"$sealed"`) != 2 {
		t.Errorf("the file shows a secret: %s", text)
	}
	if !json.Valid(text) || !strings.Contains(string(text), "\n    \"mtu\": 1460,\n") {
		t.Errorf("the file is not indented JSON: %s", text)
	}
	key, err := os.Stat(h.CloudKey())
	if err != nil || key.Mode().Perm() != 0o600 || strings.HasPrefix(h.CloudKey(), h.Cloud()+"/") {
		t.Errorf("the key %s has mode %v, %v", h.CloudKey(), key.Mode(), err)
	}
}

func TestADamagedFileIsNamedWithItsRemedy(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		damage func(t *testing.T, h home.Home, file string)
		want   string
	}{
		"half a file":    {func(t *testing.T, _ home.Home, f string) { t.Helper(); write(t, f, `{"urn": "x`) }, "it is not the JSON of a resource"},
		"an unknown key": {func(t *testing.T, _ home.Home, f string) { t.Helper(); write(t, f, `{"id": "x", "colour": 1}`) }, `unknown field "colour"`},
		"no id":          {func(t *testing.T, _ home.Home, f string) { t.Helper(); write(t, f, `{}`) }, "it names no id, type or project"},
		"another key":    {func(t *testing.T, h home.Home, _ string) { t.Helper(); write(t, h.CloudKey(), strings.Repeat("k", 32)) }, "the sealed value was sealed with another key"},
		"a damaged value": {func(t *testing.T, _ home.Home, f string) {
			t.Helper()
			write(t, f, `{"id":"x","type":"y","project":"p","properties":{"a":{"$sealed":"!"}}}`)
		}, "a: the sealed value is damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := home.Home(t.TempDir())
			put(t, cloud.Open(h), record())
			file := path(t, h)
			row.damage(t, h, file)
			_, err := get(t, cloud.Open(h), record().ID)
			for _, part := range []string{"read the emulated resource " + file, row.want, "mend the file, or delete it and run pulumi refresh"} {
				if err == nil || !strings.Contains(err.Error(), part) {
					t.Errorf("got %v, want %q", err, part)
				}
			}
		})
	}
}

func TestAKeyOfAnotherSizeIsRefused(t *testing.T) {
	t.Parallel()
	h := home.Home(t.TempDir())
	write(t, h.CloudKey(), "short")
	_, err := get(t, cloud.Open(h), "x")
	if want := h.CloudKey() + ", has 5 bytes, not 32: run make down, delete it, and run make up"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

func TestAFailedWriteNamesTheFileAndLeavesTheOldContent(t *testing.T) {
	t.Parallel()
	h := home.Home(t.TempDir())
	store := cloud.Open(h)
	put(t, store, record())
	file := path(t, h)
	before, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bad := record()
	bad.Properties["later"] = resource.MakeComputed(resource.NewProperty(""))
	err = store.Do(t.Context(), func(tx *cloud.Tx) error { return tx.Put(bad) })
	if err == nil || !strings.Contains(err.Error(), "later: a value of type output<string> cannot be kept") {
		t.Errorf("an unknown value gives %v", err)
	}
	write(t, filepath.Join(h.Cloud(), "q"), "a file where a project's directory belongs")
	bad = record()
	bad.Project = "q"
	err = store.Do(t.Context(), func(tx *cloud.Tx) error { return tx.Put(bad) })
	for _, part := range []string{"write " + filepath.Join(h.Cloud(), "q"), "the file is as it was", "give this user the right to write there, and run again"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("got %v, want %q", err, part)
		}
	}
	after, err := os.ReadFile(file)
	if err != nil || string(after) != string(before) {
		t.Errorf("the old content is gone: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(h.Cloud(), "*", "*", ".writing-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("half-written files are left: %v, %v", left, err)
	}
}

func TestAFileIsReplacedWholeNeverRewritten(t *testing.T) {
	t.Parallel()
	h := home.Home(t.TempDir())
	store := cloud.Open(h)
	put(t, store, record())
	reader := filepath.Join(t.TempDir(), "open") // what a reader that opened the file still sees
	if err := os.Link(path(t, h), reader); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(reader)
	if err != nil {
		t.Fatal(err)
	}
	changed := record()
	changed.Properties["mtu"] = resource.NewProperty(1500.0)
	put(t, store, changed)
	if after, err := os.ReadFile(reader); err != nil || string(after) != string(before) {
		t.Errorf("the old content was written over: %v", err)
	}
}

func TestAnEditByHandIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	h := home.Home(t.TempDir())
	store := cloud.Open(h)
	put(t, store, record())
	if _, err := get(t, store, record().ID); err != nil { // now it is remembered
		t.Fatal(err)
	}
	file := path(t, h)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	write(t, file, strings.Replace(string(text), "1460", "8896", 1))
	later := time.Now().Add(time.Second) // an editor is never this quick
	if err := os.Chtimes(file, later, later); err != nil {
		t.Fatal(err)
	}
	got, err := get(t, store, record().ID)
	if err != nil || got.Properties["mtu"].NumberValue() != 8896 {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestAStackSeesItsOwnRecordsTheOldestFirst(t *testing.T) {
	t.Parallel()
	store := cloud.Open(home.Home(t.TempDir()))
	older, newer, left, other := record(), record(), record(), record()
	older.ID, newer.ID, left.ID, other.ID = "z-older", "a-newer", "left", "other"
	newer.Created = newer.Created.Add(time.Hour)
	left.Abandoned = true
	other.URN = urn.New("prod", "saas", "", token, "vpc")
	for _, r := range []*cloud.Record{newer, older, left, other} {
		put(t, store, r)
	}
	ids := func() (ids []string) {
		records, err := store.Records(t.Context(), "dev")
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range records {
			ids = append(ids, r.ID)
		}
		return ids
	}
	if got := ids(); !slices.Equal(got, []string{"z-older", "a-newer"}) {
		t.Errorf("got %v", got)
	}
	if err := store.Remove(t.Context(), token, "z-older"); err != nil {
		t.Fatal(err)
	}
	if err := store.Remove(t.Context(), token, "never was"); err != nil {
		t.Error(err)
	}
	if got := ids(); !slices.Equal(got, []string{"a-newer"}) {
		t.Errorf("after the removal: %v", got)
	}
	if err := store.Sweep(t.Context(), "dev"); err != nil {
		t.Fatal(err)
	}
	if swept, err := get(t, store, "left"); swept != nil || err != nil {
		t.Errorf("the sweep left %v, %v", swept, err)
	}
	if kept, err := get(t, store, "other"); kept == nil || err != nil {
		t.Errorf("the sweep took another stack's: %v", err)
	}
}

func TestProjectsAreThoseThatHaveAFile(t *testing.T) {
	t.Parallel()
	h := home.Home(t.TempDir())
	store := cloud.Open(h)
	err := store.Do(t.Context(), func(tx *cloud.Tx) error {
		for _, id := range []string{"missing", "", "..", "a/b"} {
			if _, err := tx.Project(id); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("project %q gives %v", id, err)
			}
		}
		if err := tx.PutProject(cloud.Project{ID: "p", Number: "1"}); err != nil {
			return err
		}
		all, err := tx.Projects()
		if len(all) != 1 || all[0] != (cloud.Project{ID: "p", Number: "1"}) {
			t.Errorf("got %v", all)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(h.Cloud(), "p", "project.json"), `{"id": "other"}`)
	err = store.Do(t.Context(), func(tx *cloud.Tx) error { _, err := tx.Project("p"); return err })
	if err == nil || !strings.Contains(err.Error(), `it names project "other" with number ""`) {
		t.Errorf("got %v", err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
