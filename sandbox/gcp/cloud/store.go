// Package cloud is the memory of the emulated Google Cloud: one readable,
// indented JSON file for each resource, under the project that owns it, and a
// project.json for each project that exists. Values that are secret lie there
// sealed. Files may be edited by hand, which is how drift is made.
//
// It knows nothing of what a resource is: rules, references and what stops a
// deletion are in package gcp.
package cloud

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/avila-devops/saas/sandbox/filelock"
	"github.com/avila-devops/saas/sandbox/home"
)

// Store is the cloud of one sandbox. It is safe for concurrent use, also by
// several processes.
type Store struct {
	home home.Home

	mu    sync.Mutex // held during a transaction, inside the process
	cache map[string]cached
	seal  *seal
}

// Open returns the store of a sandbox. Nothing is read or made before the
// first transaction.
func Open(h home.Home) *Store {
	return &Store{home: h, cache: map[string]cached{}}
}

// Do runs a transaction: nobody else reads or writes meanwhile. Each write of
// the transaction stands by itself once made, so a function writes last what
// the rest depends on.
func (s *Store) Do(ctx context.Context, f func(*Tx) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	release, err := filelock.Acquire(ctx, filepath.Join(s.home.Locks(), "cloud"), nil)
	if err != nil {
		return fmt.Errorf("the emulated cloud is in use: %w", err)
	}
	defer release()
	if s.seal == nil {
		if s.seal, err = openSeal(s.home.CloudKey()); err != nil {
			return err
		}
	}
	return f(&Tx{store: s})
}

// Records lists what a stack owns, the oldest first.
func (s *Store) Records(ctx context.Context, stack string) ([]*Record, error) {
	var found []*Record
	err := s.Do(ctx, func(tx *Tx) error {
		all, err := tx.All()
		for _, record := range all {
			if !record.Abandoned && stackOf(record) == stack {
				found = append(found, record)
			}
		}
		return err
	})
	slices.SortStableFunc(found, func(a, b *Record) int { return a.Created.Compare(b.Created) })
	return found, err
}

// Remove forgets a record, if there is one, and asks no rule whether it may.
func (s *Store) Remove(ctx context.Context, token, id string) error {
	return s.Do(ctx, func(tx *Tx) error {
		record, err := tx.Get(token, id)
		if err != nil || record == nil {
			return err
		}
		return tx.Delete(record)
	})
}

// Sweep forgets what a stack made and Google would keep, so that nothing of
// the stack is left.
func (s *Store) Sweep(ctx context.Context, stack string) error {
	return s.Do(ctx, func(tx *Tx) error {
		all, err := tx.All()
		if err != nil {
			return err
		}
		for _, record := range all {
			if record.Abandoned && stackOf(record) == stack {
				if err := tx.Delete(record); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// stackOf is the stack of a record's URN, which a hand may have edited.
func stackOf(r *Record) string {
	if !r.URN.IsValid() {
		return ""
	}
	return string(r.URN.Stack())
}

// Objects is the directory that stands for a bucket's content: a file in it
// makes the bucket hold something.
func (s *Store) Objects(project, bucket string) string {
	return filepath.Join(s.home.Cloud(), project, "objects", bucket)
}

// dir is where records of a type lie in a project: compute.Network.
func (s *Store) dir(project, token string) string {
	return filepath.Join(s.home.Cloud(), project, dirName(token))
}

func dirName(token string) string {
	module, rest, _ := strings.Cut(strings.TrimPrefix(token, "gcp:"), "/")
	_, name, _ := strings.Cut(rest, ":")
	return module + "." + name
}
