package files

import (
	"context"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// upload is a resumable upload on its way.
type upload struct {
	gcs     *GCS
	session string
	sum     hash.Hash32
	at      int64 // how much the storage has
}

// send sends the content, piece by piece.
func (u *upload) send(ctx context.Context, content io.Reader) (resource, error) {
	piece := make([]byte, chunkSize)
	for {
		n, err := io.ReadFull(content, piece)
		last := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !last {
			return resource{}, fmt.Errorf("files: read the content: %w", err)
		}
		_, _ = u.sum.Write(piece[:n]) // a hash takes all
		made, done, err := u.piece(ctx, piece[:n], last)
		if err != nil || done {
			return made, err
		}
	}
}

// piece sends one piece until the storage has all of it.
func (u *upload) piece(ctx context.Context, piece []byte, last bool) (resource, bool, error) {
	from := u.at
	for try := 0; ; try++ {
		rest := piece[u.at-from:]
		res, err := u.gcs.call(ctx, http.MethodPut, u.session, map[string]string{"Content-Range": u.span(len(rest), last)}, rest,
			http.StatusOK, http.StatusCreated, http.StatusPermanentRedirect)
		if errors.Is(err, ErrAway) && try < tries && ctx.Err() == nil { // ask how much of it arrived
			res, err = u.gcs.call(ctx, http.MethodPut, u.session, map[string]string{"Content-Range": "bytes */*"}, nil,
				http.StatusOK, http.StatusCreated, http.StatusPermanentRedirect)
		}
		if err != nil {
			return resource{}, false, err
		}
		if res.StatusCode != http.StatusPermanentRedirect {
			var made resource
			return made, true, read(res, &made)
		}
		res.Body.Close()
		has := int64(0)
		if _, end, ok := strings.Cut(res.Header.Get("Range"), "-"); ok {
			end, err := strconv.ParseInt(end, 10, 64)
			if err != nil {
				return resource{}, false, fmt.Errorf("files: %w: Cloud Storage says that it has %.40q", ErrAway, res.Header.Get("Range"))
			}
			has = end + 1
		}
		if has < u.at || has > from+int64(len(piece)) {
			return resource{}, false, fmt.Errorf("files: %w: Cloud Storage has %d bytes where it had %d of %d", ErrAway, has, u.at, from+int64(len(piece)))
		}
		stuck := has == u.at
		u.at = has
		if u.at == from+int64(len(piece)) && !last {
			return resource{}, false, nil
		}
		if stuck && try >= tries {
			return resource{}, false, fmt.Errorf("files: %w: Cloud Storage takes no more of it", ErrAway)
		}
	}
}

// span is a piece's Content-Range: its total is known with the last.
func (u *upload) span(n int, last bool) string {
	switch {
	case n == 0:
		return fmt.Sprintf("bytes */%d", u.at)
	case last:
		return fmt.Sprintf("bytes %d-%d/%d", u.at, u.at+int64(n)-1, u.at+int64(n))
	}
	return fmt.Sprintf("bytes %d-%d/*", u.at, u.at+int64(n)-1)
}

// abandon ends an upload that will not be finished. Left alone, it would end by
// itself in a week.
func (u *upload) abandon(ctx context.Context) {
	res, err := u.gcs.call(context.WithoutCancel(ctx), http.MethodDelete, u.session, nil, nil, 499, http.StatusNoContent)
	if err == nil {
		res.Body.Close()
	}
}
