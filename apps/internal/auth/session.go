package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/avila-devops/saas/apps/internal/tenant"
)

const (
	// IdleLife is how long a session stands without being refreshed.
	IdleLife = 12 * time.Hour
	// SessionLife is how long it stands at most.
	SessionLife = 7 * 24 * time.Hour
	// grace is how long a refresh token that was just replaced gives its
	// successor once more, to the same client: two tabs refresh at once, or an
	// answer is lost on its way.
	grace = 10 * time.Second
	// maxSessions is how many sessions a user has; the oldest ends for a new one.
	maxSessions = 20
)

// Sessions are kept in Redis: for each its user, the hash of its present
// refresh token, and the hashes of those that were.
type Sessions struct {
	redis redis.UniversalClient
	now   func() time.Time
}

// NewSessions returns the sessions that a primary holds.
func NewSessions(primary redis.UniversalClient, now func() time.Time) *Sessions {
	return &Sessions{redis: primary, now: now}
}

// Session is what a user sees of one.
type Session struct {
	ID      string
	User    string
	Client  string // such as the browser's name
	Address string // where it began
	Began   time.Time
	Used    time.Time
}

//go:embed rotate.lua
var rotateSource string

//go:embed begin.lua
var beginSource string

var (
	rotateScript = redis.NewScript(rotateSource)
	beginScript  = redis.NewScript(beginSource)
)

// sessionKey and userKey are where a session, and a user's list of them, are.
// What is written by a client is a key's last part only.
func sessionKey(id tenant.ID, session string) string {
	return "t:" + id.String() + ":session:" + session
}

func usedKey(id tenant.ID, session string) string {
	return "t:" + id.String() + ":session-used:" + session
}

func userKey(id tenant.ID, user string) string {
	return "t:" + id.String() + ":session-user:" + user
}

// hashOf is what is kept of a refresh token. Its 256 random bits need no slow
// hash.
func hashOf(secret []byte) string {
	sum := sha256.Sum256(secret)
	return hex.EncodeToString(sum[:])
}

func newSecret() []byte {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret) // never fails: it ends the process instead
	return secret
}

func writeToken(session string, secret []byte) string {
	return session + "." + base64.RawURLEncoding.EncodeToString(secret)
}

// readToken takes a refresh token apart; anything else is ErrSession.
func readToken(token string) (session string, secret []byte, err error) {
	session, text, _ := strings.Cut(token, ".")
	secret, err = base64.RawURLEncoding.Strict().DecodeString(text)
	if err != nil || len(secret) != 32 || len(session) != 26 || strings.ContainsFunc(session, func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '2' || r > '7') }) {
		return "", nil, fmt.Errorf("auth: not a refresh token of ours: %w", ErrSession)
	}
	return session, secret, nil
}

// Begin starts a session and returns it with its first refresh token.
func (s *Sessions) Begin(ctx context.Context, id tenant.ID, user, client, address string) (Session, string, error) {
	if err := tenant.Check(id); err != nil {
		return Session{}, "", err
	}
	if user == "" {
		return Session{}, "", errors.New("auth: a session needs a user")
	}
	now, secret := s.now(), newSecret()
	out := Session{ID: rand.Text(), User: user, Client: cut(client, 200), Address: cut(address, 60), Began: now, Used: now}
	err := beginScript.Run(ctx, s.redis, []string{sessionKey(id, out.ID), userKey(id, user)},
		user, hashOf(secret), out.Client, out.Address, now.UnixMilli(), IdleLife.Milliseconds(), SessionLife.Milliseconds(), maxSessions,
		out.ID, sessionKey(id, ""), usedKey(id, "")).Err()
	if err != nil {
		return Session{}, "", fmt.Errorf("auth: begin a session: %w: %w", ErrAway, err)
	}
	return out, writeToken(out.ID, secret), nil
}

// Rotate replaces a refresh token by its successor, in one step. Client is the
// one that asks, such as its User-Agent.
func (s *Sessions) Rotate(ctx context.Context, id tenant.ID, token, client string) (Session, string, error) {
	if err := tenant.Check(id); err != nil {
		return Session{}, "", err
	}
	session, old, err := readToken(token)
	if err != nil {
		return Session{}, "", err
	}
	fresh := newSecret()
	sealed := seal(old, fresh)
	answer, err := rotateScript.Run(ctx, s.redis, []string{sessionKey(id, session), usedKey(id, session)},
		hashOf(old), hashOf(fresh), sealed, hashOf([]byte(client)), s.now().UnixMilli(), grace.Milliseconds(), IdleLife.Milliseconds()).StringSlice()
	if err != nil || len(answer) == 0 {
		return Session{}, "", fmt.Errorf("auth: refresh a session: %w: %w", ErrAway, err)
	}
	switch answer[0] {
	case "same": // another request of the same client was first
		if fresh, err = unseal(old, answer[1]); err != nil {
			return Session{}, "", err
		}
	case "rotated":
	case "reused":
		return Session{ID: session, User: answer[1]}, "", fmt.Errorf("auth: %w", ErrReused)
	default:
		return Session{}, "", fmt.Errorf("auth: %w", ErrSession)
	}
	out, err := s.get(ctx, id, session)
	return out, writeToken(session, fresh), err
}

// Live reports whether a session stands.
func (s *Sessions) Live(ctx context.Context, id tenant.ID, session string) (bool, error) {
	if err := tenant.Check(id); err != nil {
		return false, err
	}
	n, err := s.redis.Exists(ctx, sessionKey(id, session)).Result()
	if err != nil {
		return false, fmt.Errorf("auth: look a session up: %w: %w", ErrAway, err)
	}
	return n == 1, nil
}

func (s *Sessions) get(ctx context.Context, id tenant.ID, session string) (Session, error) {
	fields, err := s.redis.HGetAll(ctx, sessionKey(id, session)).Result()
	if err != nil {
		return Session{}, fmt.Errorf("auth: read a session: %w: %w", ErrAway, err)
	}
	if fields["user"] == "" {
		return Session{}, fmt.Errorf("auth: %w", ErrSession)
	}
	return Session{ID: session, User: fields["user"], Client: fields["agent"], Address: fields["address"], Began: millis(fields["began"]), Used: millis(fields["used"])}, nil
}

// List returns a user's sessions, the one used last first.
func (s *Sessions) List(ctx context.Context, id tenant.ID, user string) ([]Session, error) {
	if err := tenant.Check(id); err != nil {
		return nil, err
	}
	names, err := s.redis.ZRevRange(ctx, userKey(id, user), 0, -1).Result()
	if err != nil {
		return nil, fmt.Errorf("auth: list sessions: %w: %w", ErrAway, err)
	}
	var list []Session
	for _, name := range names {
		each, err := s.get(ctx, id, name)
		switch {
		case errors.Is(err, ErrSession):
			s.redis.ZRem(ctx, userKey(id, user), name)
		case err != nil:
			return nil, err
		case each.User == user:
			list = append(list, each)
		}
	}
	slices.SortFunc(list, func(a, b Session) int { return b.Used.Compare(a.Used) })
	return list, nil
}

// Revoke ends a user's session. One that is not the user's is ErrSession.
func (s *Sessions) Revoke(ctx context.Context, id tenant.ID, user, session string) error {
	if err := tenant.Check(id); err != nil {
		return err
	}
	each, err := s.get(ctx, id, session)
	if err != nil {
		return err
	}
	if each.User != user {
		return fmt.Errorf("auth: %w", ErrSession)
	}
	_, err = s.redis.TxPipelined(ctx, func(p redis.Pipeliner) error {
		p.Del(ctx, sessionKey(id, session), usedKey(id, session))
		p.ZRem(ctx, userKey(id, user), session)
		return nil
	})
	if err != nil {
		return fmt.Errorf("auth: end a session: %w: %w", ErrAway, err)
	}
	return nil
}

// RevokeAll ends all of a user's sessions but the one that is kept, which may
// be empty, and returns how many those were.
func (s *Sessions) RevokeAll(ctx context.Context, id tenant.ID, user, keep string) (int, error) {
	list, err := s.List(ctx, id, user)
	if err != nil {
		return 0, err
	}
	ended := 0
	for _, each := range list {
		if each.ID == keep {
			continue
		}
		if err := s.Revoke(ctx, id, user, each.ID); err != nil && !errors.Is(err, ErrSession) {
			return ended, err
		}
		ended++
	}
	return ended, nil
}

func millis(text string) time.Time {
	n, _ := strconv.ParseInt(text, 10, 64) // our own writing
	return time.UnixMilli(n)
}

// cut bounds what a client wrote, at a character.
func cut(s string, most int) string {
	if len(s) > most {
		s = s[:most]
	}
	return strings.ToValidUTF8(s, "")
}
