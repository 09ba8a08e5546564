package files_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/files"
	"github.com/avila-devops/saas/apps/internal/tenant/tenanttest"
)

var (
	a = tenanttest.ID("a")
	b = tenanttest.ID("b")
)

const most = 3 << 20

// token adds a token, as an oauth2 transport does.
type token struct{}

func (token) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer token")
	return http.DefaultTransport.RoundTrip(r)
}

func cloud(t *testing.T) (*files.GCS, *storage) {
	t.Helper()
	s := newStorage(t)
	g, err := files.NewGCS("media", nil, files.TestSigner)
	if err != nil {
		t.Fatal(err)
	}
	return g.At(s.url, token{}, time.Now), s
}

func directory(t *testing.T) (*files.Dir, string) {
	t.Helper()
	at := t.TempDir()
	d, err := files.OpenDir(at, "https://localhost/arquivos/")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d, at
}

func store(t *testing.T, bucket files.Bucket) *files.Store {
	t.Helper()
	s, err := files.New(bucket, most)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// both runs a test on each bucket: they mean the same.
func both(t *testing.T, test func(t *testing.T, s *files.Store)) {
	t.Helper()
	t.Run("cloud", func(t *testing.T) { t.Parallel(); g, _ := cloud(t); test(t, store(t, g)) })
	t.Run("directory", func(t *testing.T) { t.Parallel(); d, _ := directory(t); test(t, store(t, d)) })
}

func pdf(size int) []byte {
	content := bytes.Repeat([]byte("x"), size)
	copy(content, "%PDF-1.7\n")
	return content
}

func upload(t testing.TB, s *files.Store, content []byte) files.Object {
	t.Helper()
	o, err := s.Upload(context.Background(), a, files.Upload{Folder: "documentos", Filename: `C:\exames\Laudo do João.pdf`, Type: "application/pdf", Content: bytes.NewReader(content)})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// ASVS: v5.0.0-5.3.2 (names of our own).
func TestAFileIsReadAsItWasUploadedUnderANameOfOurs(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *files.Store) {
		for _, size := range []int{9, 1000, files.ChunkSize - 1, files.ChunkSize, files.ChunkSize + 1, 2 * files.ChunkSize, most} {
			content := pdf(size)
			o := upload(t, s, content)
			if !strings.HasPrefix(o.Name, "documentos/") || !strings.HasSuffix(o.Name, ".pdf") || strings.Contains(o.Name, "Laudo") || o.Size != int64(size) {
				t.Errorf("it is stored as %+v", o)
			}
			r, got, err := s.Open(t.Context(), a, o.Name)
			if err != nil {
				t.Fatal(err)
			}
			all, err := io.ReadAll(r)
			if err = errors.Join(err, r.Close()); err != nil || !bytes.Equal(all, content) {
				t.Errorf("%d of %d bytes are read, %v", len(all), size, err)
			}
			if got.Name != o.Name || got.Type != "application/pdf" || got.Filename != "Laudo do João.pdf" || got.Size != int64(size) || time.Since(got.Updated) > time.Minute {
				t.Errorf("it is shown as %+v", got)
			}
		}
	})
}

func TestNoFileIsOverwritten(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *files.Store) {
		for i, want := range []error{nil, files.ErrExists} {
			_, err := s.Write(t.Context(), a, "relatorio.csv", files.Meta{Type: "text/csv"}, strings.NewReader(fmt.Sprint(i)))
			if !errors.Is(err, want) {
				t.Errorf("the write %d: %v", i, err)
			}
		}
		r, _, err := s.Open(t.Context(), a, "relatorio.csv")
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if all, _ := io.ReadAll(r); string(all) != "0" {
			t.Errorf("it holds %q", all)
		}
	})
}

func TestFilesAreListedByPageAndFolder(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *files.Store) {
		for _, name := range []string{"x/1", "x/2", "x/3", "x-y/4", "z"} {
			if _, err := s.Write(t.Context(), a, name, files.Meta{Type: "text/plain"}, strings.NewReader(name)); err != nil {
				t.Fatal(err)
			}
		}
		var names []string
		for after := ""; ; {
			list, next, err := s.List(t.Context(), a, "x", 2, after)
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range list {
				names = append(names, o.Name)
			}
			if after = next; after == "" {
				break
			}
		}
		if fmt.Sprint(names) != "[x/1 x/2 x/3]" {
			t.Errorf("the folder has %v", names)
		}
		if list, _, err := s.List(t.Context(), a, "", 100, ""); len(list) != 5 || list[0].Name != "x-y/4" || err != nil {
			t.Errorf("all are %v, %v", list, err)
		}
		if list, _, err := s.List(t.Context(), a, "none", 100, ""); len(list) != 0 || err != nil {
			t.Errorf("an empty folder has %v, %v", list, err)
		}
	})
}

func TestADeletedFileIsGone(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *files.Store) {
		o := upload(t, s, pdf(100))
		if err := s.Delete(t.Context(), a, o.Name); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Open(t.Context(), a, o.Name); !errors.Is(err, files.ErrNotFound) {
			t.Errorf("Open gives %v", err)
		}
		if err := s.Delete(t.Context(), a, o.Name); !errors.Is(err, files.ErrNotFound) {
			t.Errorf("Delete gives %v", err)
		}
	})
}

// ASVS: v5.0.0-5.2.1 (size), v5.0.0-5.2.2 (name, type and content agree).
// ASVS: v5.0.0-1.3.4, v5.0.0-2.2.1.
func TestAnUploadThatIsNotWhatItSaysIsRefusedAndLeavesNothing(t *testing.T) {
	t.Parallel()
	png := append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 600)...)
	both(t, func(t *testing.T, s *files.Store) {
		for name, row := range map[string]struct {
			filename, mime string
			content        []byte
			want           string
		}{
			"too large":                 {"a.pdf", "application/pdf", pdf(most + 1), "o arquivo tem mais de 3072 KiB"},
			"much too large":            {"a.pdf", "application/pdf", pdf(2 * most), "o arquivo tem mais de 3072 KiB"},
			"empty":                     {"a.pdf", "application/pdf", nil, "o arquivo está vazio"},
			"a program":                 {"a.exe", "application/pdf", pdf(10), "o nome deve terminar em .pdf"},
			"two endings":               {"a.pdf.html", "application/pdf", pdf(10), "o nome deve terminar"},
			"no ending":                 {"pdf", "application/pdf", pdf(10), "o nome deve terminar"},
			"a page as a picture":       {"a.png", "image/png", []byte("<html><script>alert(1)</script>"), "o conteúdo não é"},
			"a page as text":            {"a.txt", "text/plain", []byte("<!DOCTYPE html><script>"), "o conteúdo não é"},
			"a picture as a document":   {"a.pdf", "application/pdf", png, "o conteúdo não é"},
			"another declared type":     {"a.png", "text/html", png, "o tipo informado"},
			"no declared type":          {"a.png", "", png, "o tipo informado"},
			"a drawing that runs":       {"a.svg", "image/svg+xml", []byte("<svg onload=x>"), "o nome deve terminar"},
			"a program as a worksheet":  {"a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", []byte("MZ\x90\x00"), "o conteúdo não é"},
			"an archive as a worksheet": {"a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", archive(t, "META-INF/MANIFEST.MF", "xl/workbook.xml"), "o conteúdo não é"},
			"a text as a worksheet":     {"a.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", archive(t, "word/document.xml"), "o conteúdo não é"},
			"an archive cut short":      {"a.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", []byte("PK\x03\x04...."), "o conteúdo não é"},
			"bytes as text":             {"a.csv", "text/csv", []byte{0, 1, 2, 3}, "o conteúdo não é"},
		} {
			_, err := s.Upload(t.Context(), a, files.Upload{Folder: "d", Filename: row.filename, Type: row.mime, Content: bytes.NewReader(row.content)})
			if !errors.Is(err, files.ErrRefused) || !strings.Contains(err.Error(), row.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if list, _, err := s.List(t.Context(), a, "", 10, ""); len(list) != 0 || err != nil {
			t.Errorf("left are %v, %v", list, err)
		}
		for _, good := range []files.Upload{
			{Filename: "f.JPEG", Type: "image/jpeg", Content: strings.NewReader("\xff\xd8\xff\xe0....")},
			{Filename: "f.png", Type: "image/png; x=y", Content: bytes.NewReader(png)},
			{Filename: "f.csv", Type: "application/vnd.ms-excel", Content: strings.NewReader("a;b\n")},
			{Filename: "nota.xml", Type: "application/xml", Content: strings.NewReader(`<?xml version="1.0"?><nfe/>`)},
			{Filename: "f.xlsx", Type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Content: bytes.NewReader(archive(t, "[Content_Types].xml", "xl/workbook.xml"))},
			{Filename: "g.xlsx", Type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", Content: bytes.NewReader(archive(t, "xl/workbook.xml"))},
			{Filename: "f.docx", Type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Content: bytes.NewReader(archive(t, "word/numbering.xml"))},
		} {
			good.Folder = "d"
			if _, err := s.Upload(t.Context(), a, good); err != nil {
				t.Errorf("%s: %v", good.Filename, err)
			}
		}
	})
}

// archive is a ZIP archive of files of these names.
func archive(t *testing.T, names ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, name := range names {
		if _, err := w.Create(name); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestContentThatFailsOnItsWayLeavesNothing(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, s *files.Store) {
		broken := errors.New("the browser left")
		for _, before := range []int{10, files.ChunkSize + 10} {
			content := io.MultiReader(bytes.NewReader(pdf(before)), failing{broken})
			if _, err := s.Write(t.Context(), a, "x.pdf", files.Meta{Type: "application/pdf"}, content); !errors.Is(err, broken) {
				t.Errorf("after %d bytes: %v", before, err)
			}
		}
		if list, _, err := s.List(t.Context(), a, "", 10, ""); len(list) != 0 || err != nil {
			t.Errorf("left are %v, %v", list, err)
		}
	})
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// ASVS: v5.0.0-5.4.1 and v5.0.0-5.4.2 (names of downloads).
func TestAUsersFileNameIsATitleAndNothingElse(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Laudo.pdf": "Laudo.pdf", "../../etc/passwd": "passwd", `..\..\boot.ini`: "boot.ini", "/": "arquivo", "": "arquivo", "..": "arquivo", ".htaccess": "htaccess",
		"a\r\nSet-Cookie: x=1.pdf": "aSet-Cookie x=1.pdf", "a\x00b.pdf": "ab.pdf", "exe\u202efdp.pdf": "exefdp.pdf", `a"b;c.pdf`: "abc.pdf", "Joa\u0303o.pdf": "João.pdf",
		"a\xffb.pdf": "ab.pdf", strings.Repeat("ç", 100) + ".pdf": strings.Repeat("ç", 58) + ".pdf",
	} {
		if got := files.Title(name); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
	if got := files.AsDisposition("Laudo do João.pdf"); got != "attachment; filename*=utf-8''Laudo%20do%20Jo%C3%A3o.pdf" {
		t.Errorf("browsers are sent %s", got)
	}
}
