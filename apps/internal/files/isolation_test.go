package files_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/files"
	"github.com/avila-devops/saas/apps/internal/tenant"
	"github.com/avila-devops/saas/apps/internal/tenant/tenanttest"
)

// crossings tries each operation as tenant b on tenant a's file "x".
var crossings = map[string]func(ctx context.Context, s *files.Store) error{
	"Store.Upload": func(ctx context.Context, s *files.Store) error {
		_, err := s.Upload(ctx, b, files.Upload{Folder: "../tenant_a", Filename: "x.pdf", Type: "application/pdf", Content: strings.NewReader("%PDF-1.7")})
		if !errors.Is(err, files.ErrNotFound) {
			return fmt.Errorf("b uploads there: %w", err)
		}
		return nil
	},
	"Store.Write": func(ctx context.Context, s *files.Store) error {
		for _, name := range []string{"../tenant_a/x", "media/../../tenant_a/x", "%2e%2e/tenant_a/x", `..\tenant_a\x`, "/media/tenant_a/x", ".details/x", ""} {
			if _, err := s.Write(ctx, b, name, files.Meta{}, strings.NewReader("b")); err == nil {
				return fmt.Errorf("b writes %q", name)
			}
		}
		_, err := s.Write(ctx, b, "x", files.Meta{}, strings.NewReader("b"))
		return err
	},
	"Store.Open": func(ctx context.Context, s *files.Store) error {
		for _, name := range []string{"x", "../tenant_a/x", "media/tenant_a/x"} {
			if _, _, err := s.Open(ctx, b, name); !errors.Is(err, files.ErrNotFound) {
				return fmt.Errorf("b opens %q: %w", name, err)
			}
		}
		return nil
	},
	"Store.Delete": func(ctx context.Context, s *files.Store) error {
		if err := s.Delete(ctx, b, "x"); !errors.Is(err, files.ErrNotFound) {
			return fmt.Errorf("b deletes it: %w", err)
		}
		return nil
	},
	"Store.List": func(ctx context.Context, s *files.Store) error {
		for _, folder := range []string{"", "x"} {
			if list, _, err := s.List(ctx, b, folder, 10, ""); len(list) != 0 || err != nil {
				return fmt.Errorf("b lists %v, %w", list, err)
			}
		}
		return nil
	},
	"Store.Link": func(ctx context.Context, s *files.Store) error {
		link, err := s.Link(ctx, b, files.Object{Name: "x"}, time.Minute)
		if err != nil || !strings.Contains(link, "/media/tenant_b/x?") {
			return fmt.Errorf("b's link is %s, %w", link, err)
		}
		if _, err := s.Link(ctx, b, files.Object{Name: "../tenant_a/x"}, time.Minute); !errors.Is(err, files.ErrNotFound) {
			return fmt.Errorf("b has a link: %w", err)
		}
		return nil
	},
	"Store.Erase": func(ctx context.Context, s *files.Store) error {
		if n, err := s.Erase(ctx, b); n != 0 || err != nil {
			return fmt.Errorf("b erases %d, %w", n, err)
		}
		return nil
	},
}

// ASVS: v5.0.0-8.4.1 (tenants), v5.0.0-5.3.2 (paths).
func TestNoOperationOfATenantReachesAnothers(t *testing.T) {
	t.Parallel()
	tenanttest.Covered(t, crossings, nil, reflect.TypeFor[*files.Store]())
	for name, cross := range crossings {
		both(t, func(t *testing.T, s *files.Store) {
			if _, err := s.Write(t.Context(), a, "x", files.Meta{Type: "text/plain"}, strings.NewReader("a")); err != nil {
				t.Fatal(err)
			}
			if err := cross(t.Context(), s); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			r, _, err := s.Open(t.Context(), a, "x")
			if err != nil {
				t.Fatalf("after %s: %v", name, err)
			}
			defer r.Close()
			if all, _ := io.ReadAll(r); string(all) != "a" {
				t.Errorf("after %s it holds %q", name, all)
			}
		})
	}
}

func TestNoOperationWorksWithoutATenant(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *files.Store) {
		var none tenant.ID
		_, up := s.Upload(t.Context(), none, files.Upload{Folder: "d", Filename: "x.pdf", Type: "application/pdf", Content: strings.NewReader("%PDF-1.7")})
		_, write := s.Write(t.Context(), none, "x", files.Meta{}, strings.NewReader(""))
		_, _, open := s.Open(t.Context(), none, "x")
		_, _, list := s.List(t.Context(), none, "", 1, "")
		_, link := s.Link(t.Context(), none, files.Object{Name: "x"}, time.Minute)
		_, erase := s.Erase(t.Context(), none)
		for name, err := range map[string]error{"Upload": up, "Write": write, "Open": open, "List": list, "Link": link, "Erase": erase, "Delete": s.Delete(t.Context(), none, "x")} {
			if err == nil || !strings.Contains(err.Error(), "no tenant: ") {
				t.Errorf("%s gives %v", name, err)
			}
		}
	})
}

func TestFilesOfTenantsAtRandomNeverMeet(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *files.Store) {
		names := []string{"a", "ab", "abc", "b", "tenanta"} // names that begin each other
		var all sync.WaitGroup
		for n, each := range names {
			id := tenanttest.ID(each)
			for worker := range 2 {
				all.Go(func() {
					chance := rand.New(rand.NewPCG(uint64(n), uint64(worker)))
					for range 60 {
						name := fmt.Sprintf("%s/%d", []string{"a", "b"}[chance.IntN(2)], chance.IntN(4))
						switch chance.IntN(4) {
						case 0, 1:
							if _, err := s.Write(t.Context(), id, name, files.Meta{Filename: each}, strings.NewReader(each+" "+name)); err != nil && !errors.Is(err, files.ErrExists) {
								t.Error(err)
							}
						case 2:
							r, o, err := s.Open(t.Context(), id, name)
							if errors.Is(err, files.ErrNotFound) {
								continue
							}
							if err != nil {
								t.Error(err)
								continue
							}
							content, _ := io.ReadAll(r)
							_ = r.Close()
							if string(content) != each+" "+name || o.Filename != each {
								t.Errorf("%s reads %q in %s, of %q", each, content, name, o.Filename)
							}
						default:
							list, _, err := s.List(t.Context(), id, "", 100, "")
							if err != nil {
								t.Error(err)
							}
							for _, o := range list {
								if o.Filename != each {
									t.Errorf("%s lists %+v", each, o)
								}
							}
						}
					}
				})
			}
		}
		all.Wait()
		n, err := s.Erase(t.Context(), a)
		if left, _, _ := s.List(t.Context(), a, "", 10, ""); err != nil || n == 0 || len(left) != 0 {
			t.Errorf("erased %d, left %v, %v", n, left, err)
		}
		for _, each := range names[1:] {
			if list, _, err := s.List(t.Context(), tenanttest.ID(each), "", 100, ""); len(list) == 0 || err != nil {
				t.Errorf("%s has %v, %v", each, list, err)
			}
		}
	})
}

func FuzzNoNameLeavesItsTenant(f *testing.F) {
	for _, seed := range []string{"x", "../x", "a/../../b", "a//b", "a/./b", ".x", "a/.x", "%2e%2e/x", "a\\b", "a\x00", "á", strings.Repeat("a", 301), "a/b/c/d/e/f/g", "…"} {
		f.Add("a", seed)
	}
	f.Fuzz(func(t *testing.T, id, name string) {
		p, err := files.Locate(tenanttest.ID(id), name)
		if err != nil {
			return
		}
		full := p.String()
		if full != "media/tenant_"+id+"/"+name || path.Clean(full) != full || strings.Count(strings.TrimSuffix(full, name), "/") != 2 || strings.ContainsAny(full, "%\\?#*\x00 ") {
			t.Errorf("%q of %q is at %q", name, id, full)
		}
	})
}

// ASVS: v5.0.0-1.2.1, v5.0.0-5.4.2.
func FuzzATitleIsFitForAHeader(f *testing.F) {
	f.Add("Laudo.pdf")
	f.Add("a\r\nb\u202e\"/..\\")
	f.Fuzz(func(t *testing.T, name string) {
		title := files.Title(name)
		if title == "" || len(title) > 130 || strings.ContainsAny(title, "\r\n\x00\"/\\") || files.Title(title) != title {
			t.Errorf("%q becomes %q, then %q", name, title, files.Title(title))
		}
		if header := files.AsDisposition(name); !strings.HasPrefix(header, "attachment; filename") || strings.ContainsAny(header, "\r\n\x00") {
			t.Errorf("%q is sent as %q", name, header)
		}
	})
}
