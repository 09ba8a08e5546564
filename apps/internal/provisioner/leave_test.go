package provisioner_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/provisioner"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

func TestASuspensionHoldsAtOnceWhateverASnapshotSays(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	id, other := w.Tenant(t), w.Tenant(t)
	db := w.DB(t)
	if err := w.Provisioner.Suspend(t.Context(), id.String()); err != nil {
		t.Fatal(err)
	}
	var one int // the Directory was not refreshed, and the ID is still held
	if err := db.QueryRow(t.Context(), id, "select 1").Scan(&one); !errors.Is(err, tenancy.ErrClosed) {
		t.Errorf("a read answers %v", err)
	}
	if _, err := db.Exec(t.Context(), id, "delete from patients"); !errors.Is(err, tenancy.ErrClosed) {
		t.Errorf("a write answers %v", err)
	}
	if err := db.Tx(t.Context(), id, func(*tenancy.Tx) error { t.Error("ran"); return nil }); !errors.Is(err, tenancy.ErrClosed) {
		t.Errorf("a transaction answers %v", err)
	}
	if err := db.QueryRow(t.Context(), other, "select 1").Scan(&one); err != nil {
		t.Errorf("another tenant meets %v", err)
	}
	if err := w.Provisioner.Suspend(t.Context(), id.String()); !errors.Is(err, provisioner.ErrState) {
		t.Errorf("a second suspension answers %v", err)
	}
	if err := w.Provisioner.Resume(t.Context(), id.String()); err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRow(t.Context(), id, "select 1").Scan(&one); err != nil {
		t.Errorf("after resuming: %v", err)
	}
}

// unpack reads an archive and holds it to its manifest.
func unpack(t *testing.T, archive io.Reader) map[string]string {
	t.Helper()
	zip, err := gzip.NewReader(archive)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for r := tar.NewReader(zip); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[header.Name] = string(text)
	}
	var m provisioner.Manifest
	if err := json.Unmarshal([]byte(files["manifest.json"]), &m); err != nil {
		t.Fatal(err)
	}
	if len(m.Files) != len(files)-1 {
		t.Errorf("the manifest names %d files of %d", len(m.Files), len(files)-1)
	}
	for _, f := range m.Files {
		if sum := sha256.Sum256([]byte(files[f.Path])); hex.EncodeToString(sum[:]) != f.SHA256 || int64(len(files[f.Path])) != f.Bytes {
			t.Errorf("%s is not what the manifest says", f.Path)
		}
	}
	return files
}

// drawer is a holding that keeps one thing of each tenant.
type drawer struct{ fails, erased int }

func (*drawer) Name() string { return "files" }

func (*drawer) Export(_ context.Context, id tenancy.ID, add provisioner.Add) error {
	return add("a/of-"+id.String(), 3, strings.NewReader("abc"))
}

func (d *drawer) Erase(context.Context, tenancy.ID) (int64, error) {
	if d.fails > 0 {
		d.fails--
		return 0, errors.New("the drawer is stuck")
	}
	d.erased++
	return 7, nil
}

func TestAnExportHoldsAllOfATenantAndNothingOfAnother(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	a, b := w.Tenant(t), w.Tenant(t)
	db := w.DB(t)
	for _, id := range []tenancy.ID{a, b} {
		if _, err := db.Exec(t.Context(), id, "insert into patients (name, cpf) select 'canary of '||$1||' '||n, lpad(n::text, 11, '0') from generate_series(1, 50000) n", id.String()); err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(t.Context(), id, "insert into prod.outbox (kind, key, body) values ('t', 'k', jsonb_build_object('canary', $1::text))", "canary of "+id.String()); err != nil {
			t.Fatal(err)
		}
	}
	var archive bytes.Buffer
	m, err := w.Provisioner.Export(t.Context(), a.String(), &archive, []provisioner.Holding{&drawer{}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	files := unpack(t, &archive)
	all, lines := "", 0
	for path, text := range files {
		all += text
		if strings.HasPrefix(path, "rows/patients.") {
			lines += strings.Count(text, "\n")
		}
	}
	if lines != 50000 || files["rows/patients.0002.ndjson"] == "" {
		t.Errorf("%d patients in %d files", lines, len(files))
	}
	if strings.Contains(all, b.String()+" ") || strings.Contains(all, `"canary of `+b.String()+`"`) {
		t.Error("the archive holds rows of another tenant")
	}
	if !strings.Contains(files["rows/outbox.0001.ndjson"], "canary of "+a.String()) || files["files/a/of-"+a.String()] != "abc" {
		t.Error("the archive lacks the outbox or the files")
	}
	var first struct{ Name, Cpf string }
	if err := json.Unmarshal([]byte(strings.SplitN(files["rows/patients.0001.ndjson"], "\n", 2)[0]), &first); err != nil || first.Cpf == "" {
		t.Errorf("a line is not a row in JSON: %v", err)
	}
	if len(m.Tables) < 14 {
		t.Errorf("only %d tables", len(m.Tables))
	}
}

// ASVS: v5.0.0-14.2.4.
func TestAnErasureLeavesNothingAndSaysSo(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	a, b := w.Tenant(t), w.Tenant(t)
	db := w.DB(t)
	for _, id := range []tenancy.ID{a, b} {
		for _, sql := range []string{"insert into patients (name) values ('Ana'), ('Bia')", "insert into prod.outbox (kind, key, body) values ('t', 'k', '{}')"} {
			if _, err := db.Exec(t.Context(), id, sql); err != nil {
				t.Fatal(err)
			}
		}
	}
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	files := &drawer{fails: 1}
	e := provisioner.Erasure{Name: a.String(), Key: private, Backups: 35 * 24 * time.Hour, Holdings: []provisioner.Holding{files}}
	if _, err := w.Provisioner.Erase(t.Context(), e); !errors.Is(err, provisioner.ErrState) || !strings.Contains(err.Error(), "suspend it first") {
		t.Fatalf("an active tenant's erasure answers %v", err)
	}
	if err := w.Provisioner.Suspend(t.Context(), a.String()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Provisioner.Erase(t.Context(), e); err == nil || !strings.Contains(err.Error(), "its rows are still there: run it again") {
		t.Fatalf("a holding that fails answers %v", err)
	}
	signed, err := w.Provisioner.Erase(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	report, err := provisioner.Check([]byte(signed.String()), public)
	if err != nil {
		t.Fatal(err)
	}
	rows := fmt.Sprint(report.Rows)
	if report.Tenant != a.String() || !strings.Contains(rows, "{rows of patients 2}") || !strings.Contains(rows, "{rows of outbox 1}") || fmt.Sprint(report.Holdings) != "[{files 7}]" {
		t.Errorf("the report is %+v", report)
	}
	if got := report.BackupsExpireAt.Sub(report.ErasedAt); got != 35*24*time.Hour {
		t.Errorf("backups expire after %s", got)
	}
	var left int
	if err := w.Owner.Raw().QueryRow(t.Context(), `select (select count(*) from pg_roles where rolname = $1) + (select count(*) from pg_namespace where nspname = $1)
		+ (select count(*) from prod.ledger where schema_name = $1)`, "tenant_"+a.String()).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d things are left: %v", left, err)
	}
	if err := w.Directory.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Directory.Named(a.String()); !errors.Is(err, tenancy.ErrUnknown) {
		t.Errorf("the directory answers %v", err)
	}
	var patients, waiting int
	if err := db.QueryRow(t.Context(), b, "select (select count(*) from patients), (select count(*) from prod.outbox)").Scan(&patients, &waiting); err != nil || patients != 2 || waiting != 1 {
		t.Errorf("the other tenant has %d patients and %d messages: %v", patients, waiting, err)
	}
	again, err := w.Provisioner.Erase(t.Context(), e)
	if err != nil || again.String() != signed.String() || files.erased != 1 {
		t.Errorf("a second erasure gives another report, or erased again: %v", err)
	}
	if _, err := w.Provisioner.Provision(t.Context(), order(a.String())); !errors.Is(err, provisioner.ErrExists) {
		t.Errorf("the name is given again: %v", err)
	}
}

// ASVS: v5.0.0-11.4.3.
func TestAReportThatWasChangedIsFound(t *testing.T) {
	t.Parallel()
	w := tenancytest.New(t, cluster)
	name := w.Tenant(t).String()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Provisioner.Suspend(t.Context(), name); err != nil {
		t.Fatal(err)
	}
	signed, err := w.Provisioner.Erase(t.Context(), provisioner.Erasure{Name: name, Key: private, Backups: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provisioner.Check([]byte(signed.String()), public); err != nil {
		t.Errorf("as it was signed: %v", err)
	}
	changed := strings.Replace(signed.String(), `"count": 2`, `"count": 3`, 1) // the two roles that a tenant starts with
	if changed == signed.String() {
		t.Fatal("nothing was changed")
	}
	if _, err := provisioner.Check([]byte(changed), public); !errors.Is(err, provisioner.ErrSignature) {
		t.Errorf("a changed report: %v", err)
	}
	other, _, _ := ed25519.GenerateKey(nil)
	if _, err := provisioner.Check([]byte(signed.String()), other); !errors.Is(err, provisioner.ErrSignature) {
		t.Errorf("another's key: %v", err)
	}
}
