package migration_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/avila-devops/saas/apps/internal/migration"
)

func TestSQLIsCutBetweenStatementsAndNowhereElse(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		sql  string
		want []string
	}{
		"two":                  {"select 1; select 2", []string{"select 1", "select 2"}},
		"nothing":              {" ;; -- only this\n /* and ; this */ ;", nil},
		"a text":               {"select 'a;''b;'; select 2;", []string{"select 'a;''b;'", "select 2"}},
		"a name":               {`select 1 as "a;b"; select 2`, []string{`select 1 as "a;b"`, "select 2"}},
		"a function":           {"create function f() as $$ begin; end; $$; select $1", []string{"create function f() as $$ begin; end; $$", "select $1"}},
		"a tag in another":     {"do $a$ select $$;$$; $a$; select 2", []string{"do $a$ select $$;$$; $a$", "select 2"}},
		"two parameters":       {"select $1;select $2", []string{"select $1", "select $2"}},
		"a comment with quote": {"select 1 -- it's\n; select 2", []string{"select 1", "select 2"}},
		"a comment in between": {"select/* ; */1", []string{"select 1"}},
	} {
		if got, err := migration.Split(row.sql); err != nil || !slices.Equal(got, row.want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for _, sql := range []string{"select 'a", `select "a`, "do $$ begin", "select 1 /* and"} {
		if got, err := migration.Split(sql); err == nil || !strings.Contains(err.Error(), "does not end, near") {
			t.Errorf("%q is cut into %q: %v", sql, got, err)
		}
	}
}

func TestStepsThatCannotBeOrderedAreRefused(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		files []string
		want  string
	}{
		"none":         {nil, "migrations of s: there is none"},
		"a gap":        {[]string{"0001_a", "0003_b"}, "0003_b stands where 0002 belongs; number them without a gap"},
		"two at once":  {[]string{"0001_a", "0001_b"}, "stands where 0002 belongs"},
		"three digits": {[]string{"001_a"}, "name it with four digits and a topic, like 0007_invoices.sql"},
		"no topic":     {[]string{"0001"}, "name it with four digits and a topic"},
		"letters":      {[]string{"000x_a"}, "name it with four digits and a topic"},
	} {
		files := fstest.MapFS{}
		for _, f := range row.files {
			files["s/"+f+".sql"] = &fstest.MapFile{Data: []byte("select 1")}
		}
		if _, err := migration.Load(files, "s"); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: error is %v, without %q", name, err, row.want)
		}
	}
}
