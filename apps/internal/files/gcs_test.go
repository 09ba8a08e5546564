package files_test

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/files"
)

// The digests are those of Google's published conformance tests of V4
// signatures.
//
// ASVS: v5.0.0-1.2.2.
func TestWhatIsSignedIsWhatCloudStorageExpects(t *testing.T) {
	t.Parallel()
	at := time.Date(2019, 2, 1, 9, 0, 0, 0, time.UTC)
	for name, row := range map[string]struct {
		bucket, object string
		at             time.Time
		life           time.Duration
		query          map[string]string
		digest         string
	}{
		"simple":        {"test-bucket", "test-object", at, 10 * time.Second, nil, "00e2fb794ea93d7adb703edaebdd509821fcc7d4f1a79ac5c8d2b394df109320"},
		"other times":   {"test-bucket", "test-object", at.AddDate(0, 1, 0), 20 * time.Second, nil, "779f19fdb6fd381390e2d5af04947cf21750277ee3c20e0c97b7e46a1dff8907"},
		"other names":   {"test-bucket2", "test-object2", at, 10 * time.Second, nil, "a139afbf35ac30e9864f63197f79609731ab1b0ca166e2a456dba156fcd3f9ce"},
		"slashes":       {"test-bucket", "/path/with/slashes/under_score/amper&sand/file.ext", at, 10 * time.Second, nil, "63c601ecd6ccfec84f1113fc906609cbdf7651395f4300cecd96ddd2c35164f8"},
		"a query":       {"test-bucket", "test-object", at, 10 * time.Second, map[string]string{"aA0é/=%-_.~": "~ ._-%=/é0Aa"}, "448f96c23dafa8210900554e138b2b5fd55bc53ef53b8637cecc3edec45a8fcf"},
		"query's order": {"test-bucket", "test-object", at, 10 * time.Second, map[string]string{"prefix": "/foo", "X-Goog-Meta-Foo": "bar"}, "4dafe74ad142f32b7c25fc4e6b38fd3b8a6339d7f112247573fb0066f637db6c"},
	} {
		text, _ := files.ToSign("GET", "storage.googleapis.com", row.bucket, row.object, "test-iam-credentials@dummy-project-id.iam.gserviceaccount.com", row.query, row.at, row.life)
		if !strings.HasPrefix(text, "GOOG4-RSA-SHA256\n"+row.at.Format("20060102T150405Z")+"\n") || !strings.HasSuffix(text, "\n"+row.digest) {
			t.Errorf("%s: %q", name, text)
		}
	}
}

// ASVS: v5.0.0-14.2.1.
func TestALinkIsForOneFileAndAWhile(t *testing.T) {
	t.Parallel()
	g, _ := cloud(t)
	s := store(t, g)
	o := upload(t, s, pdf(100))
	link, err := s.Link(t.Context(), a, o, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.Path != "/media/media/tenant_a/"+o.Name || q.Get("X-Goog-Expires") != "60" || q.Get("X-Goog-Signature") != "abcd" || !strings.HasPrefix(q.Get("response-content-disposition"), "attachment;") || q.Get("response-content-type") != "application/pdf" {
		t.Errorf("the link is %s", link)
	}
	for _, life := range []time.Duration{0, time.Hour} {
		if _, err := s.Link(t.Context(), a, o, life); err == nil || !strings.Contains(err.Error(), "is not one for 1s to 15m0s") {
			t.Errorf("for %s: %v", life, err)
		}
	}
}

func TestAPieceThatWasLostOnItsWayIsSentAgain(t *testing.T) {
	t.Parallel()
	g, s := cloud(t)
	s.lose = true
	o := upload(t, store(t, g), pdf(2*files.ChunkSize+5))
	if got := len(s.content["media/tenant_a/"+o.Name]); got != 2*files.ChunkSize+5 {
		t.Errorf("%d bytes arrived", got)
	}
	failures := 0
	s.trip = func(*http.Request) bool { failures++; return failures%3 != 0 }
	o = upload(t, store(t, g), pdf(2*files.ChunkSize+5))
	if got := len(s.content["media/tenant_a/"+o.Name]); got != 2*files.ChunkSize+5 || failures < 9 {
		t.Errorf("%d bytes arrived in %d requests", got, failures)
	}
}

func TestAStorageThatIsAwayIsNamedAfterAFewTries(t *testing.T) {
	t.Parallel()
	g, s := cloud(t)
	s.trip = func(*http.Request) bool { return true }
	_, _, err := store(t, g).Open(t.Context(), a, "secreto.pdf")
	if !errors.Is(err, files.ErrAway) || !strings.Contains(err.Error(), "after 4 tries: ") || strings.Contains(err.Error(), "secreto") || len(s.seen) != 4 {
		t.Errorf("after %d requests: %v", len(s.seen), err)
	}
}

func TestAnUploadThatFailsIsAbandoned(t *testing.T) {
	t.Parallel()
	g, s := cloud(t)
	if _, err := store(t, g).Write(t.Context(), a, "x.pdf", files.Meta{Type: "application/pdf"}, failing{errors.New("left")}); err == nil {
		t.Fatal("it succeeds")
	}
	for _, u := range s.session {
		if !u.done {
			t.Error("it is left open")
		}
	}
	if len(s.session) != 1 {
		t.Errorf("%d uploads began", len(s.session))
	}
}

func TestALinkIsSignedByTheAccountWithoutAKey(t *testing.T) {
	t.Parallel()
	var got string
	iam := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var body struct{ Payload []byte }
		_ = json.NewDecoder(r.Body).Decode(&body)
		got = r.Method + " " + r.URL.Path + " " + r.Header.Get("Authorization") + " " + string(body.Payload)
		if strings.Contains(r.URL.Path, "other@") {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"keyId": "k", "signedBlob": base64.StdEncoding.EncodeToString([]byte("signature"))})
	}))
	t.Cleanup(iam.Close)
	signer, err := files.NewIAMSigner("svc@p.iam.gserviceaccount.com", nil)
	if err != nil {
		t.Fatal(err)
	}
	signature, err := signer.At(iam.URL, token{}).Sign(t.Context(), []byte("text"))
	if string(signature) != "signature" || err != nil || got != "POST /v1/projects/-/serviceAccounts/svc@p.iam.gserviceaccount.com:signBlob Bearer token text" {
		t.Errorf("got %q for %q, %v", signature, got, err)
	}
	other, _ := files.NewIAMSigner("other@p.iam.gserviceaccount.com", nil)
	if _, err := other.At(iam.URL, token{}).Sign(t.Context(), nil); !errors.Is(err, files.ErrAway) || !strings.Contains(err.Error(), "iam.serviceAccountTokenCreator on itself?") {
		t.Errorf("without the role: %v", err)
	}
}

// ASVS: v5.0.0-1.3.6, v5.0.0-15.3.2.
func TestATokenIsNotCarriedToWhereARedirectLeads(t *testing.T) {
	t.Parallel()
	carried := make(chan string, 10)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { carried <- r.Header.Get("Authorization") }))
	t.Cleanup(elsewhere.Close)
	detour := httptest.NewServer(http.RedirectHandler(elsewhere.URL, http.StatusTemporaryRedirect))
	t.Cleanup(detour.Close)

	g, err := files.NewGCS("media", nil, files.TestSigner)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := store(t, g.At(detour.URL, token{}, time.Now)).Open(t.Context(), a, "x.pdf"); err == nil {
		t.Error("what lies elsewhere is taken for the file")
	}
	signer, err := files.NewIAMSigner("svc@p.iam.gserviceaccount.com", nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := signer.At(detour.URL, token{}).Sign(t.Context(), nil); !errors.Is(err, files.ErrAway) {
		t.Errorf("a signature from elsewhere: %v", err)
	}
	select {
	case header := <-carried:
		t.Errorf("the other server is asked, with %q", header)
	default:
	}
}
