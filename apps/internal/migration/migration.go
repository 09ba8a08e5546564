// Package migration holds what the schemas are made of: the one that all
// tenants share, and one for each tenant, as numbered files of SQL. It reads
// and applies them inside a transaction that it is given; for whom, how many
// at a time and what is noted down is in provisioner.
package migration

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

//go:embed shared/*.sql tenant/*.sql protect.sql
var files embed.FS

// Migration is one step of a schema.
type Migration struct {
	Version    int
	Name       string
	Checksum   string // of the file: a step that was applied is never edited
	Statements []string
}

// The steps, from the first to the latest.
var (
	Shared  = mustLoad("shared")
	Tenant  = mustLoad("tenant")
	protect = mustRead("protect.sql")
)

// Latest is the version that a tenant's schema should be at.
func Latest() int { return Tenant[len(Tenant)-1].Version }

// Protect is the statement that puts every table of a schema behind row level
// security.
func Protect() string { return protect }

// mustLoad reads the embedded steps. They are part of the program, so one that
// cannot be read is a fault of the build, which every test would meet.
func mustLoad(dir string) []Migration {
	steps, err := Load(files, dir)
	if err != nil {
		panic(err)
	}
	return steps
}

func mustRead(name string) string {
	text, err := files.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// Load reads the steps of a directory, named 0001_topic.sql and so on without
// a gap.
func Load(from fs.FS, dir string) ([]Migration, error) {
	names, err := fs.Glob(from, dir+"/*.sql")
	if err != nil {
		return nil, fmt.Errorf("migrations of %s: %w", dir, err)
	}
	steps := make([]Migration, 0, len(names))
	for _, name := range names {
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, fmt.Errorf("migrations of %s: %w", dir, err)
		}
		number, topic, ok := strings.Cut(strings.TrimSuffix(path.Base(name), ".sql"), "_")
		version, err := strconv.Atoi(number)
		if !ok || err != nil || len(number) != 4 || topic == "" {
			return nil, fmt.Errorf("migration %s: name it with four digits and a topic, like 0007_invoices.sql", name)
		}
		statements, err := Split(string(text))
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", name, err)
		}
		sum := sha256.Sum256(text)
		steps = append(steps, Migration{Version: version, Name: topic, Checksum: hex.EncodeToString(sum[:]), Statements: statements})
	}
	slices.SortFunc(steps, func(a, b Migration) int { return cmp.Compare(a.Version, b.Version) })
	for i, s := range steps {
		if s.Version != i+1 {
			return nil, fmt.Errorf("migrations of %s: %04d_%s stands where %04d belongs; number them without a gap", dir, s.Version, s.Name, i+1)
		}
	}
	if len(steps) == 0 {
		return nil, fmt.Errorf("migrations of %s: there is none", dir)
	}
	return steps, nil
}
