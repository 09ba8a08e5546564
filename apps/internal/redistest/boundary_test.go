package redistest_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// forTests are the packages that no service may be built of, and why.
var forTests = map[string]string{
	"internal/redistest":         "it starts servers and ends them",
	"internal/certtest":          "its keys are nobody's",
	"internal/tenant/tenanttest": "it makes tenants that no resolver found",
}

func TestNoServiceIsBuiltOfWhatIsForTests(t *testing.T) {
	t.Parallel()
	read, uses := 0, 0
	err := filepath.WalkDir("../..", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		read++
		for _, i := range f.Imports {
			name, _ := strconv.Unquote(i.Path.Value)
			why, ok := forTests[strings.TrimPrefix(name, "github.com/avila-devops/saas/apps/")]
			if !ok {
				continue
			}
			uses++
			dir := filepath.Base(filepath.Dir(path))
			if !strings.HasSuffix(path, "_test.go") && !strings.HasSuffix(dir, "test") {
				t.Errorf("%s imports %s, but %s", path, name, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if read < 50 || uses < 10 {
		t.Errorf("%d files and %d uses were read, so nothing was judged", read, uses)
	}
}
