// Package boundary judges the source of the apps: that nothing reaches the
// database around tenancy. It is for the test of this package; a compiler
// cannot say the same, since a pool must be opened by whoever starts a
// service.
package boundary

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"
)

const (
	module   = "github.com/avila-devops/saas/apps"
	internal = module + "/internal/"
	pgx      = "github.com/jackc/pgx/v5"
)

// foundations are the packages below the line: each acts for all tenants, or
// makes the pools.
var foundations = []string{
	internal + "postgres", internal + "tenancy", internal + "registry", internal + "provisioner", internal + "catalogue", internal + "migration",
	internal + "outbox",
}

// A rule is something that only some packages may use.
type rule struct {
	used   string   // a package, or package.Name, or package.Type.Method
	by     []string // the packages that may
	reason string
}

var rules = []rule{
	{internal + "postgres.Pool.Raw", foundations, "a raw pool knows no tenant; use tenancy.DB"},
	{internal + "postgres.OpenOwner", []string{module + "/tenantctl"}, "the owner's login is for tenantctl"},
	{internal + "tenancy.Directory.Kept", []string{internal + "provisioner"}, "a suspended tenant is for exports and erasures alone"},
	{internal + "provisioner", []string{module + "/tenantctl"}, "tenants are made and erased by tenantctl"},
	{pgx + "/pgxpool", foundations, "pools are opened by postgres and used by tenancy"},
	{pgx + "/stdlib", nil, "database/sql has no transaction of a tenant"},
	{pgx + ".Connect", nil, "a connection of one's own knows no tenant; use tenancy.DB"},
	{pgx + ".ConnectConfig", nil, "a connection of one's own knows no tenant; use tenancy.DB"},
	{pgx + ".ConnectWithOptions", nil, "a connection of one's own knows no tenant; use tenancy.DB"},
	{pgx + "/pgconn.Connect", nil, "a connection of one's own knows no tenant; use tenancy.DB"},
	{pgx + "/pgconn.ConnectConfig", nil, "a connection of one's own knows no tenant; use tenancy.DB"},
	{"database/sql", nil, "database/sql has no transaction of a tenant"},
	{"unsafe", nil, "an ID that nobody found could be made with it"},
	{internal + "tenant/mint.New", []string{internal + "tenancy"}, "only a directory that found a tenant may name it"},
	{internal + "tenant/tenanttest", nil, "it is for tests"},
	{internal + "postgrestest", nil, "it is for tests"},
	{internal + "redistest", nil, "it is for tests"},
	{internal + "certtest", nil, "its keys are nobody's"},
	{internal + "tenancytest", nil, "it is for tests"},
}

// session matches SQL that changes who a session is, or what row level
// security binds it to.
var session = regexp.MustCompile(`(?i)\b(set\s+(session|local|role|search_path|app\.)|set_config\s*\(|reset\s+(all|role|session)|discard\s+(all|plans|temp)|security\s+definer|bypassrls|(disable|no\s+force)\s+row\s+level)`)

// Judge returns every breach in packages that were loaded with their types.
func Judge(all []*packages.Package) (breaches []string) {
	for _, p := range all {
		if testing(p.PkgPath) {
			continue
		}
		seen := map[string]bool{}
		say := func(at token.Pos, text string) {
			if place := p.Fset.Position(at); !seen[place.String()+text] {
				seen[place.String()+text] = true
				breaches = append(breaches, fmt.Sprintf("%s:%d: %s", short(place.Filename), place.Line, text))
			}
		}
		for id, object := range p.TypesInfo.Uses {
			judgeUse(p.PkgPath, id, object, say)
		}
		for _, file := range p.Syntax {
			judgeFile(p, file, say)
		}
		judgeSources(p, say)
	}
	slices.Sort(breaches)
	return breaches
}

// testing tells the packages that are for tests, which rules do not bind.
func testing(path string) bool {
	return strings.HasSuffix(path, "test") || path == internal+"boundary"
}

func judgeUse(by string, id *ast.Ident, object types.Object, say func(token.Pos, string)) {
	for _, r := range rules {
		if name := fullName(object); (name == r.used || object.Pkg() != nil && object.Pkg().Path() == r.used) && by != r.used && !slices.Contains(r.by, by) {
			say(id.Pos(), "uses "+name+": "+r.reason)
		}
	}
}

// fullName is how rules name an object.
func fullName(o types.Object) string {
	if o.Pkg() == nil {
		return o.Name()
	}
	name := o.Pkg().Path() + "."
	if f, ok := o.(*types.Func); ok {
		if receiver := f.Signature().Recv(); receiver != nil {
			t := receiver.Type()
			if p, ok := t.(*types.Pointer); ok {
				t = p.Elem()
			}
			if n, ok := t.(*types.Named); ok {
				name += n.Obj().Name() + "."
			}
		}
	}
	return name + o.Name()
}

// judgeFile looks at imports, which may be used by nothing but their effects,
// and at texts of SQL.
func judgeFile(p *packages.Package, file *ast.File, say func(token.Pos, string)) {
	for _, i := range file.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			continue
		}
		for _, r := range rules {
			if path == r.used && !slices.Contains(r.by, p.PkgPath) {
				say(i.Pos(), "imports "+path+": "+r.reason)
			}
		}
	}
	if slices.Contains(foundations, p.PkgPath) {
		return
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if text, ok := n.(*ast.BasicLit); ok && text.Kind == token.STRING {
			if found := session.FindString(text.Value); found != "" {
				say(text.Pos(), fmt.Sprintf("has SQL that changes a session, %q: a transaction's settings are tenancy's", found))
			}
		}
		return true
	})
}

// judgeSources finds registries besides the real one: whoever implements
// tenancy.Source decides which tenants there are.
func judgeSources(p *packages.Package, say func(token.Pos, string)) {
	source := sourceOf(p)
	if source == nil || p.PkgPath == internal+"registry" || p.PkgPath == internal+"tenancy" {
		return
	}
	for _, name := range p.Types.Scope().Names() {
		t, ok := p.Types.Scope().Lookup(name).(*types.TypeName)
		if !ok || types.IsInterface(t.Type()) {
			continue
		}
		if types.Implements(t.Type(), source) || types.Implements(types.NewPointer(t.Type()), source) {
			say(t.Pos(), name+" is a tenancy.Source: the one registry of tenants is "+internal+"registry")
		}
	}
}

func sourceOf(p *packages.Package) *types.Interface {
	i := slices.IndexFunc(p.Types.Imports(), func(imported *types.Package) bool { return imported.Path() == internal+"tenancy" })
	if i < 0 {
		return nil
	}
	object := p.Types.Imports()[i].Scope().Lookup("Source")
	if object == nil {
		return nil
	}
	source, _ := object.Type().Underlying().(*types.Interface)
	return source
}

func short(path string) string {
	if _, after, ok := strings.Cut(path, "/apps/"); ok {
		return after
	}
	return path
}
