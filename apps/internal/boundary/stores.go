package boundary

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/packages"
)

// Store is a type whose exported methods take a tenant.
type Store struct {
	Package, Name string
	Dir           string
}

// Stores finds every one, above the foundations.
func Stores(all []*packages.Package) (stores []Store) {
	for _, p := range all {
		if testing(p.PkgPath) || slices.Contains(foundations, p.PkgPath) && p.PkgPath != internal+"tenancy" {
			continue
		}
		for _, name := range p.Types.Scope().Names() {
			t, ok := p.Types.Scope().Lookup(name).(*types.TypeName)
			if !ok || !t.Exported() || types.IsInterface(t.Type()) {
				continue
			}
			methods := types.NewMethodSet(types.NewPointer(t.Type()))
			for m := range methods.Methods() {
				f, ok := m.Obj().(*types.Func)
				if ok && f.Exported() && takesTenant(f.Signature()) {
					stores = append(stores, Store{p.PkgPath, name, p.Dir})
					break
				}
			}
		}
	}
	return stores
}

func takesTenant(s *types.Signature) bool {
	for v := range s.Params().Variables() {
		if n, ok := types.Unalias(v.Type()).(*types.Named); ok && fullName(n.Obj()) == internal+"tenant/mint.ID" {
			return true
		}
	}
	return false
}
