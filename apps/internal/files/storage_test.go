package files_test

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// storage answers as Cloud Storage's JSON API does, and refuses what that
// would refuse: requests without a token, ranges that leave a gap, pieces that
// are not of 256 KiB, objects that exist.
type storage struct {
	t       *testing.T
	mu      sync.Mutex
	objects map[string]map[string]any
	content map[string][]byte
	session map[string]*session
	seen    []string                   // methods and paths
	trip    func(r *http.Request) bool // whether to fail this request, after it was judged
	lose    bool                       // half of the next piece, and the answer
	url     string
}

type session struct {
	about map[string]any
	got   []byte
	done  bool
}

func newStorage(t *testing.T) *storage {
	t.Helper()
	s := &storage{t: t, objects: map[string]map[string]any{}, content: map[string][]byte{}, session: map[string]*session{}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

var span = regexp.MustCompile(`^bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)$`)

func (s *storage) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	s.seen = append(s.seen, r.Method+" "+r.URL.EscapedPath()+"?"+r.URL.RawQuery)
	if r.Header.Get("Authorization") != "Bearer token" {
		http.Error(w, "no token", http.StatusUnauthorized)
		return
	}
	if s.trip != nil && s.trip(r) {
		http.Error(w, "try later", http.StatusServiceUnavailable)
		return
	}
	q := r.URL.Query()
	object, isObject := strings.CutPrefix(r.URL.EscapedPath(), "/storage/v1/b/media/o/")
	if isObject && strings.Contains(object, "/") {
		http.Error(w, "a name is one part of the path", http.StatusBadRequest)
		return
	}
	object, _ = url.PathUnescape(object)
	switch {
	case r.Method == http.MethodPost && r.URL.Path == "/upload/storage/v1/b/media/o" && q.Get("uploadType") == "resumable":
		about := map[string]any{}
		if json.Unmarshal(body, &about) != nil || r.Header.Get("X-Upload-Content-Type") == "" {
			http.Error(w, "bad metadata", http.StatusBadRequest)
			return
		}
		id := rand.Text()
		s.session[id] = &session{about: about}
		w.Header().Set("Location", s.url+"/session/"+id)
	case strings.HasPrefix(r.URL.Path, "/session/"):
		s.piece(w, r, s.session[strings.TrimPrefix(r.URL.Path, "/session/")], body)
	case r.Method == http.MethodGet && r.URL.Path == "/storage/v1/b/media/o":
		s.list(w, q)
	case isObject && s.objects[object] == nil:
		http.Error(w, "No such object: media/"+object, http.StatusNotFound)
	case isObject && r.Method == http.MethodDelete:
		delete(s.objects, object)
		w.WriteHeader(http.StatusNoContent)
	case isObject && q.Get("alt") == "media":
		if q.Get("generation") != s.objects[object]["generation"] {
			http.Error(w, "No such object", http.StatusNotFound)
			return
		}
		_, _ = w.Write(s.content[object])
	case isObject:
		_ = json.NewEncoder(w).Encode(s.objects[object])
	default:
		http.Error(w, "not found", http.StatusNotFound)
	}
}

// piece takes a piece of an upload.
func (s *storage) piece(w http.ResponseWriter, r *http.Request, u *session, body []byte) {
	if u == nil {
		http.Error(w, "no such upload", http.StatusNotFound)
		return
	}
	if r.Method == http.MethodDelete {
		u.done = true
		w.WriteHeader(499)
		return
	}
	m := span.FindStringSubmatch(r.Header.Get("Content-Range"))
	if r.Method != http.MethodPut || m == nil {
		http.Error(w, "bad range", http.StatusBadRequest)
		return
	}
	if m[1] != "" {
		from, _ := strconv.Atoi(m[1])
		to, _ := strconv.Atoi(m[2])
		if from > len(u.got) || to-from+1 != len(body) || m[3] == "*" && len(body)%(256<<10) != 0 {
			s.t.Errorf("a piece of %d bytes comes as %s, with %d there", len(body), m[0], len(u.got))
			http.Error(w, "bad piece", http.StatusBadRequest)
			return
		}
		if s.lose {
			s.lose = false
			u.got = append(u.got[:from], body[:256<<10]...)
			panic(http.ErrAbortHandler)
		}
		u.got = append(u.got[:from], body...)
	}
	if total, err := strconv.Atoi(m[3]); err != nil || total != len(u.got) {
		if len(u.got) > 0 {
			w.Header().Set("Range", fmt.Sprintf("bytes=0-%d", len(u.got)-1))
		}
		w.WriteHeader(http.StatusPermanentRedirect)
		return
	}
	name := u.about["name"].(string)
	if s.objects[name] != nil {
		http.Error(w, "it exists", http.StatusPreconditionFailed)
		return
	}
	sum := crc32.Checksum(u.got, crc32.MakeTable(crc32.Castagnoli))
	u.about["size"], u.about["generation"], u.about["updated"] = strconv.Itoa(len(u.got)), rand.Text(), time.Now().UTC().Format(time.RFC3339Nano)
	u.about["crc32c"] = base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(nil, sum))
	s.objects[name], s.content[name], u.done = u.about, u.got, true
	_ = json.NewEncoder(w).Encode(u.about)
}

func (s *storage) list(w http.ResponseWriter, q url.Values) {
	var names []string
	for name := range s.objects {
		if strings.HasPrefix(name, q.Get("prefix")) && name > q.Get("pageToken") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	page := map[string]any{}
	if most, _ := strconv.Atoi(q.Get("maxResults")); len(names) > most {
		names = names[:most]
		page["nextPageToken"] = names[most-1]
	}
	var items []any
	for _, name := range names {
		items = append(items, s.objects[name])
	}
	page["items"] = items
	_ = json.NewEncoder(w).Encode(page)
}
