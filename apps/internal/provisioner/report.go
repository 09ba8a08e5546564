package provisioner

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrSignature says that a report is not what was signed.
var ErrSignature = errors.New("the signature is not of this report and key")

// kept is what an erasure leaves, and why.
var kept = []string{"the tenant's name, host and dates in the registry, so that neither is given to another"}

// Report says what an erasure removed.
type Report struct {
	Tenant          string    `json:"tenant"`
	ErasedAt        time.Time `json:"erased_at"`
	BackupsExpireAt time.Time `json:"backups_expire_at"` // until then, the rows are in backups
	Rows            []Erased  `json:"rows"`
	Holdings        []Erased  `json:"holdings"`
	Kept            []string  `json:"kept"`
}

// Erased is how much there was of something.
type Erased struct {
	What  string `json:"what"`
	Count int64  `json:"count"`
}

// Signed is a report and who attests it.
type Signed struct {
	Report    json.RawMessage `json:"report"`
	Signature []byte          `json:"signature"`  // Ed25519, of the report without white space
	PublicKey []byte          `json:"public_key"` // compare it with the one that you were given
}

func (r Report) sign(key ed25519.PrivateKey) (Signed, error) {
	text, err := json.Marshal(r)
	if err != nil {
		return Signed{}, fmt.Errorf("write the report: %w", err)
	}
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return Signed{}, errors.New("the key is not an Ed25519 key")
	}
	return Signed{Report: text, Signature: ed25519.Sign(key, text), PublicKey: public}, nil
}

// String is the report as it is kept and handed out.
func (s Signed) String() string {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return "" // a Signed that was made here always can
	}
	return string(text) + "\n"
}

// Check returns the report if a key signed it.
func Check(text []byte, key ed25519.PublicKey) (Report, error) {
	var s Signed
	if err := json.Unmarshal(text, &s); err != nil {
		return Report{}, fmt.Errorf("read the report: %w", err)
	}
	var signed bytes.Buffer
	if err := json.Compact(&signed, s.Report); err != nil {
		return Report{}, fmt.Errorf("read the report: %w", err)
	}
	if !ed25519.Verify(key, signed.Bytes(), s.Signature) {
		return Report{}, ErrSignature
	}
	var r Report
	if err := json.Unmarshal(signed.Bytes(), &r); err != nil {
		return Report{}, fmt.Errorf("read the report: %w", err)
	}
	return r, nil
}

// Report returns the report of an erasure that is done.
func (p *Provisioner) Report(ctx context.Context, name string) (Signed, error) {
	var text []byte
	err := p.pool.Raw().QueryRow(ctx, "select report from "+quote(p.shared)+".erasures where tenant = $1", name).Scan(&text)
	if errors.Is(err, pgx.ErrNoRows) {
		return Signed{}, fmt.Errorf("%w with a report of its erasure: %s", ErrAbsent, name)
	}
	var s Signed
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		return Signed{}, fmt.Errorf("read the report of %s: %w", name, err)
	}
	return s, nil
}
