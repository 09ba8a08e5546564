package cloud

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/avila-devops/saas/sandbox/atomicfile"
)

// Tx is a transaction. What it returns is shared: change a copy.
type Tx struct {
	store *Store
}

// cached is a record as it was when its file had this size and time.
type cached struct {
	size   int64
	time   time.Time
	record *Record
}

// Get returns the record of a type and id, or nil when there is none.
func (tx *Tx) Get(token, id string) (*Record, error) {
	records, err := tx.find(dirName(token), "-"+fingerprint(token, id)+".json")
	for _, record := range records {
		if record.ID == id {
			return record, nil
		}
	}
	return nil, err
}

// List returns the records of a type in every project.
func (tx *Tx) List(token string) ([]*Record, error) { return tx.find(dirName(token), ".json") }

// All returns every record.
func (tx *Tx) All() ([]*Record, error) { return tx.find("", ".json") }

// find reads the records of every project that lie in a directory of the given
// name, any when it is empty, in files whose names end so.
func (tx *Tx) find(dir, suffix string) ([]*Record, error) {
	root := tx.store.home.Cloud()
	projects, err := names(root)
	if err != nil {
		return nil, err
	}
	var records []*Record
	for _, project := range projects {
		dirs := []string{dir}
		if dir == "" {
			if dirs, err = names(filepath.Join(root, project)); err != nil {
				return nil, err
			}
		}
		for _, dir := range dirs {
			files, err := names(filepath.Join(root, project, dir))
			if err != nil {
				return nil, err
			}
			for _, file := range files {
				if strings.HasPrefix(file, ".") || !strings.HasSuffix(file, suffix) {
					continue
				}
				record, err := tx.read(filepath.Join(root, project, dir, file))
				if err != nil {
					return nil, err
				}
				records = append(records, record)
			}
		}
	}
	return records, nil
}

// names lists a directory in order; what is not a directory, or is not there,
// holds nothing.
func names(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, unix.ENOTDIR) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list the emulated cloud: %w: give this user the right to read there", err)
	}
	list := make([]string, len(entries))
	for i, entry := range entries {
		list[i] = entry.Name()
	}
	return list, nil
}

func (tx *Tx) read(path string) (*Record, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	if hit, ok := tx.store.cache[path]; ok && hit.size == info.Size() && hit.time.Equal(info.ModTime()) {
		return hit.record, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	record, err := decode(text, tx.store.seal)
	if err != nil {
		return nil, unreadable(path, err)
	}
	tx.store.cache[path] = cached{size: info.Size(), time: info.ModTime(), record: record}
	return record, nil
}

// Put writes a record, in the place of the one with its type and id.
func (tx *Tx) Put(record *Record) error {
	text, err := encode(record, tx.store.seal)
	if err != nil {
		return fmt.Errorf("write down %s: %w", record.ID, err)
	}
	path := tx.path(record)
	delete(tx.store.cache, path)
	if err := atomicfile.Write(path, text, 0o644); err != nil {
		return err
	}
	return tx.dropTwins(path, "-"+fingerprint(record.Type, record.ID)+".json")
}

// dropTwins removes what was written of the same record under another name,
// when it came to be called otherwise: a program took over what a hand made.
func (tx *Tx) dropTwins(path, suffix string) error {
	files, err := names(filepath.Dir(path))
	if err != nil {
		return err
	}
	for _, file := range files {
		twin := filepath.Join(filepath.Dir(path), file)
		if twin == path || strings.HasPrefix(file, ".") || !strings.HasSuffix(file, suffix) {
			continue
		}
		delete(tx.store.cache, twin)
		if err := os.Remove(twin); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove %s, which lies there under its old name: %w", twin, err)
		}
	}
	return nil
}

// Delete forgets a record. A record that is already gone is no error.
func (tx *Tx) Delete(record *Record) error {
	path := tx.path(record)
	delete(tx.store.cache, path)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("forget %s: %w: nothing was changed; give this user the right to write there, and run again", record.ID, err)
	}
	return nil
}

func (tx *Tx) path(r *Record) string {
	called := r.Name() // what no program made has no URN
	if r.URN.IsValid() {
		called = r.URN.Name()
	}
	name := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' {
			return c
		}
		return '_'
	}, called)
	if len(name) > longestName {
		name = name[:longestName]
	}
	return filepath.Join(tx.store.dir(r.Project, r.Type), name+"-"+fingerprint(r.Type, r.ID)+".json")
}

// longestName keeps file names below what file systems allow, 255 bytes.
const longestName = 120

func unreadable(path string, err error) error {
	return fmt.Errorf("read the emulated resource %s: %w: mend the file, or delete it and run pulumi refresh", path, err)
}
