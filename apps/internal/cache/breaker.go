package cache

import (
	"sync"
	"time"
)

const (
	// tolerated is how many failures in a row open the breaker.
	tolerated = 3
	// pause is how long Redis is then left alone.
	pause = 500 * time.Millisecond
)

// breaker keeps requests from waiting, one after the other, for a Redis that
// is away. After the pause a single command tries it again.
type breaker struct {
	now func() time.Time

	mu       sync.Mutex
	failures int
	until    time.Time // not before then
	trying   bool      // one command is on its way to see
}

func (b *breaker) allow() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failures < tolerated {
		return true
	}
	if b.trying || b.now().Before(b.until) {
		return false
	}
	b.trying = true
	return true
}

// succeed reports whether Redis had been away.
func (b *breaker) succeed() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	was := b.failures >= tolerated
	b.failures, b.trying = 0, false
	return was
}

// fail reports whether Redis is away from now on.
func (b *breaker) fail() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failures++
	b.trying = false
	b.until = b.now().Add(pause)
	return b.failures == tolerated
}

// leave ends a try without a verdict.
func (b *breaker) leave() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trying = false
}
