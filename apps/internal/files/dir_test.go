package files_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/files"
)

// ASVS: v5.0.0-3.2.1.
func TestADirectorysLinkIsForOneFileAndAWhile(t *testing.T) {
	t.Parallel()
	d, _ := directory(t)
	now := time.Now()
	d.At(func() time.Time { return now })
	s := store(t, d)
	o := upload(t, s, pdf(100))
	link, err := s.Link(t.Context(), a, o, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	get := func(address string) *http.Response {
		rec := httptest.NewRecorder()
		d.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, address, nil))
		return rec.Result()
	}
	res := get(link)
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusOK || len(body) != 100 || res.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(res.Header.Get("Content-Disposition"), "attachment;") {
		t.Errorf("%d with %d bytes, %v", res.StatusCode, len(body), res.Header)
	}
	for name, other := range map[string]string{
		"another tenant's": strings.Replace(link, "tenant_a", "tenant_b", 1), "another file's": strings.Replace(link, ".pdf?", ".png?", 1),
		"another type": strings.Replace(link, "application%2Fpdf", "text%2Fhtml", 1), "no signature": strings.Split(link, "&signature")[0], "a later end": strings.Replace(link, "until=", "until=9", 1),
		"outside": "https://localhost/" + o.Name,
	} {
		if other == link {
			t.Fatalf("%s is the same", name)
		}
		if res := get(other); res.StatusCode != http.StatusForbidden {
			t.Errorf("%s gets %d", name, res.StatusCode)
		}
	}
	now = now.Add(62 * time.Second)
	if res := get(link); res.StatusCode != http.StatusForbidden {
		t.Errorf("a minute later it gets %d", res.StatusCode)
	}
}

// ASVS: v5.0.0-5.3.2.
func TestADirectoryCannotBeLeftByALinkInIt(t *testing.T) {
	t.Parallel()
	d, at := directory(t)
	outside := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := store(t, d)
	o := upload(t, s, pdf(10))
	folder := filepath.Join(at, "media", "tenant_a")
	for _, link := range []string{"out.pdf", "documentos/out.pdf"} {
		if err := os.Symlink(outside, filepath.Join(folder, link)); err != nil {
			t.Fatal(err)
		}
		if r, _, err := s.Open(t.Context(), a, link); err == nil {
			t.Errorf("%s is read", link)
			_ = r.Close()
		}
	}
	if list, _, err := s.List(t.Context(), a, "", 10, ""); len(list) != 1 || list[0].Name != o.Name || err != nil {
		t.Errorf("listed are %v, %v", list, err)
	}
	if _, err := files.OpenDir(at, "https://localhost/arquivos"); err == nil {
		t.Error("an address without a slash is accepted")
	}
}
