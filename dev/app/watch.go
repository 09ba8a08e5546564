package app

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

// quiet is how long nothing may change before a change counts as whole:
// editors write a file in several steps, and a checkout writes many.
const quiet = 150 * time.Millisecond

// Watch tells of changes below the source's directory until ctx ends. Changes
// that come while nobody listens are one.
func (s *Source) Watch(ctx context.Context) (<-chan struct{}, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch %s: %w; the kernel's limits are fs.inotify.max_user_instances and max_user_watches", s.Dir, err)
	}
	if err := add(w, s.Dir); err != nil {
		_ = w.Close() // the watch has failed already
		return nil, err
	}
	changes := make(chan struct{}, 1)
	go func() {
		defer func() { _ = w.Close() }() // nothing more is watched
		timer := time.NewTimer(time.Hour)
		timer.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case err := <-w.Errors:
				if err != nil { // an overflow loses events, so something may have changed
					timer.Reset(quiet)
				}
			case event := <-w.Events:
				if event.Has(fsnotify.Create) {
					_ = add(w, event.Name) // a folder, or gone again
				}
				if counts(event) {
					timer.Reset(quiet)
				}
			case <-timer.C:
				select {
				case changes <- struct{}{}:
				default:
				}
			}
		}
	}()
	return changes, nil
}

// counts tells changes of source from what editors leave beside it.
func counts(event fsnotify.Event) bool {
	name := filepath.Base(event.Name)
	return event.Op != fsnotify.Chmod && !strings.HasPrefix(name, ".") && !strings.HasSuffix(name, "~") && !strings.HasSuffix(name, "_test.go")
}

// add watches a directory and all below it.
func add(w *fsnotify.Watcher, dir string) error {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return err
	}
	return filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if name := entry.Name(); path != dir && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
			return filepath.SkipDir
		}
		if err := w.Add(path); err != nil {
			return fmt.Errorf("watch %s: %w; the kernel's limit is fs.inotify.max_user_watches", path, err)
		}
		return nil
	})
}
