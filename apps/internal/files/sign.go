package files

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sort"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
)

// Signer signs as a service account.
type Signer interface {
	Account() string // its e-mail address
	Sign(ctx context.Context, text []byte) ([]byte, error)
}

// SignedURL implements Bucket: a V4 signature over the path, the answer's
// headers and the time.
func (g *GCS) SignedURL(ctx context.Context, p Path, meta Meta, life time.Duration) (string, error) {
	q := map[string]string{"response-content-disposition": disposition(meta.Filename), "response-content-type": meta.Type}
	host := strings.TrimPrefix(strings.TrimPrefix(g.base, "https://"), "http://")
	text, address := toSign(http.MethodGet, host, g.bucket, p.String(), g.signer.Account(), q, g.now().UTC(), life)
	signature, err := g.signer.Sign(ctx, []byte(text))
	if err != nil {
		return "", fmt.Errorf("files: sign a link: %w", err)
	}
	scheme, _, _ := strings.Cut(g.base, ":")
	return scheme + "://" + address + "&X-Goog-Signature=" + hex.EncodeToString(signature), nil
}

// toSign returns the text that is signed for a request, and its address without
// the scheme and the signature.
func toSign(method, host, bucket, object, account string, query map[string]string, now time.Time, life time.Duration) (text, address string) {
	stamp, scope := now.Format("20060102T150405Z"), now.Format("20060102")+"/auto/storage/goog4_request"
	all := map[string]string{
		"X-Goog-Algorithm": "GOOG4-RSA-SHA256", "X-Goog-Credential": account + "/" + scope, "X-Goog-Date": stamp,
		"X-Goog-Expires": strconv.Itoa(int(life / time.Second)), "X-Goog-SignedHeaders": "host",
	}
	for name, value := range query {
		all[name] = value
	}
	var pairs []string
	for name, value := range all {
		pairs = append(pairs, escape(name)+"="+escape(value))
	}
	sort.Strings(pairs)
	path := "/" + bucket + "/" + strings.ReplaceAll(escape(object), "%2F", "/")
	canonical := strings.Join([]string{method, path, strings.Join(pairs, "&"), "host:" + host, "", "host", "UNSIGNED-PAYLOAD"}, "\n")
	sum := sha256.Sum256([]byte(canonical))
	return strings.Join([]string{"GOOG4-RSA-SHA256", stamp, scope, hex.EncodeToString(sum[:])}, "\n"), host + path + "?" + strings.Join(pairs, "&")
}

// escape is RFC 3986's: all but letters, digits and -._~.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }

// IAMSigner signs by the IAM Credentials API, as the account that the workload
// runs as: there is no key to keep, nor to lose.
type IAMSigner struct {
	account string
	base    string
	http    *http.Client
}

// NewIAMSigner returns the signer of a service account, reached with tokens of
// scope cloud-platform. The account needs the role
// iam.serviceAccountTokenCreator on itself.
func NewIAMSigner(account string, tokens oauth2.TokenSource) (*IAMSigner, error) {
	if !strings.Contains(account, "@") {
		return nil, fmt.Errorf("files: %q is no service account's e-mail address", account)
	}
	return &IAMSigner{account: account, base: "https://iamcredentials.googleapis.com", http: client(tokens, 10*time.Second)}, nil
}

// Account implements Signer.
func (s *IAMSigner) Account() string { return s.account }

// Sign implements Signer.
func (s *IAMSigner) Sign(ctx context.Context, text []byte) ([]byte, error) {
	body, err := json.Marshal(map[string]string{"payload": base64.StdEncoding.EncodeToString(text)})
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.base+"/v1/projects/-/serviceAccounts/"+url.PathEscape(s.account)+":signBlob", bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("files: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := s.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("files: %w: %w", ErrAway, err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10))
		return nil, fmt.Errorf("files: %w: IAM answers %s; does the account %s have the role iam.serviceAccountTokenCreator on itself?", ErrAway, res.Status, s.account)
	}
	var answer struct {
		Signed []byte `json:"signedBlob"`
	}
	if err := json.NewDecoder(io.LimitReader(res.Body, 64<<10)).Decode(&answer); err != nil || len(answer.Signed) == 0 {
		return nil, errors.Join(fmt.Errorf("files: %w: IAM answers without a signature", ErrAway), err)
	}
	return answer.Signed, nil
}
