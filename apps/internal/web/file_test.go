package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/avila-devops/saas/apps/internal/web"
)

var css = strings.Repeat("body { margin: 0 }\n", 50)

func assets(t *testing.T, content string) (*web.Assets, http.Handler) {
	t.Helper()
	a, err := web.NewAssets("/static/", fstest.MapFS{"site.css": {Data: []byte(content)}, "a.txt": {Data: []byte("a")}})
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET "+a.Pattern(), a.Handler(http.NotFound))
	return a, mux
}

func get(h http.Handler, target string, headers ...string) *http.Response {
	r := httptest.NewRequest(http.MethodGet, target, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec.Result()
}

func TestAnAssetsNameFollowsItsContent(t *testing.T) {
	t.Parallel()
	one, _ := assets(t, css)
	other, _ := assets(t, css+" ")
	a, err := one.Path("site.css")
	if err != nil {
		t.Fatal(err)
	}
	b, err := other.Path("site.css")
	if err != nil {
		t.Fatal(err)
	}
	if a == b || !strings.HasPrefix(a, "/static/site.") || !strings.HasSuffix(a, ".css") {
		t.Errorf("paths are %s and %s", a, b)
	}
	if _, err := one.Path("none.css"); err == nil || err.Error() != `there is no asset "none.css"` {
		t.Errorf("an unknown asset gives %v", err)
	}
}

func TestAnAssetUnderItsNameMayBeKeptForEver(t *testing.T) {
	t.Parallel()
	a, h := assets(t, css)
	path, _ := a.Path("site.css")
	res := get(h, path)
	if res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != web.Forever || res.Header.Get("Content-Type") != "text/css; charset=utf-8" {
		t.Errorf("answer is %d %v", res.StatusCode, res.Header)
	}
}

func TestAnotherVersionsAssetIsServedButNotKept(t *testing.T) {
	t.Parallel()
	_, h := assets(t, css)
	other, _ := assets(t, css+" ")
	path, _ := other.Path("site.css")
	res := get(h, path)
	body, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusOK || res.Header.Get("Cache-Control") != web.Never || string(body) != css {
		t.Errorf("answer is %d %v", res.StatusCode, res.Header)
	}
}

// ASVS: v5.0.0-13.4.3.
func TestWhatIsNoAssetIsNotFound(t *testing.T) {
	t.Parallel()
	_, h := assets(t, css)
	for _, path := range []string{"/static/none.0123456789ab.css", "/static/site.css", "/static/.css", "/static/..%2fmain.go"} {
		if res := get(h, path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s answers %d", path, res.StatusCode)
		}
	}
}

func TestAFileOfUnknownKindIsRefusedAtTheStart(t *testing.T) {
	t.Parallel()
	_, err := web.NewAssets("/static/", fstest.MapFS{"movie.avi": {}})
	if err == nil || err.Error() != "asset movie.avi has no media type; add its ending to web.kinds" {
		t.Errorf("got %v", err)
	}
}

func TestContentIsCompressedForThoseWhoAcceptIt(t *testing.T) {
	t.Parallel()
	f, err := web.NewFile("text/css", []byte(css))
	if err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]string{
		"": "", "br": "", "gzip;q=0": "", "gzip; q=0.000": "", "gzip;q=none": "", "xgzip": "",
		"gzip": "gzip", "br, gzip": "gzip", "GZIP;q=0.5": "gzip", "br;q=1.0, gzip; q=0.8": "gzip",
	} {
		res := get(f.Kept(web.Briefly), "/", "Accept-Encoding", header)
		if got := res.Header.Get("Content-Encoding"); got != want {
			t.Errorf("Accept-Encoding %q gives Content-Encoding %q", header, got)
		}
		if res.Header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("Accept-Encoding %q: a cache would serve it to all", header)
		}
		var body io.Reader = res.Body
		if want == "gzip" {
			if body, err = gzip.NewReader(res.Body); err != nil {
				t.Fatal(err)
			}
		}
		if text, err := io.ReadAll(body); err != nil || string(text) != css {
			t.Errorf("Accept-Encoding %q: %d bytes, %v", header, len(text), err)
		}
	}
}

func TestWhoHoldsTheContentIsNotSentItAgain(t *testing.T) {
	t.Parallel()
	f, err := web.NewFile("text/css", []byte(css))
	if err != nil {
		t.Fatal(err)
	}
	plain := get(f.Kept(web.Briefly), "/").Header.Get("ETag")
	packed := get(f.Kept(web.Briefly), "/", "Accept-Encoding", "gzip").Header.Get("ETag")
	if plain == "" || plain == packed {
		t.Fatalf("ETags are %q and %q", plain, packed)
	}
	for _, row := range []struct {
		holds, accepts string
		code           int
	}{
		{plain, "", http.StatusNotModified},
		{packed, "gzip", http.StatusNotModified},
		{`"x", W/` + plain, "", http.StatusNotModified},
		{"*", "", http.StatusNotModified},
		{plain, "gzip", http.StatusOK},
		{`"x"`, "", http.StatusOK},
	} {
		res := get(f.Kept(web.Briefly), "/", "If-None-Match", row.holds, "Accept-Encoding", row.accepts)
		body, _ := io.ReadAll(res.Body)
		if res.StatusCode != row.code || (len(body) == 0) != (row.code == http.StatusNotModified) {
			t.Errorf("If-None-Match %s, Accept-Encoding %q: %d with %d bytes", row.holds, row.accepts, res.StatusCode, len(body))
		}
	}
}

// ASVS: v5.0.0-4.1.1.
func TestAnAssetThatIsTextSaysItsCharacters(t *testing.T) {
	t.Parallel()
	texts := fstest.MapFS{"a.css": {}, "a.svg": {}, "a.txt": {}}
	a, err := web.NewAssets("/static/", texts)
	if err != nil {
		t.Fatal(err)
	}
	for name := range texts {
		if kind := get(a.File(name).Kept(web.Forever), "/").Header.Get("Content-Type"); !strings.HasSuffix(kind, "; charset=utf-8") {
			t.Errorf("%s is %q", name, kind)
		}
	}
}
