// Package permission names what a user may do: to read or to write things of a
// kind. A role is a set of them. Which role a user has is in people; that every
// route asks for one is auth's Mux.
package permission

import (
	"slices"
	"strings"

	"github.com/avila-devops/saas/apps/internal/auth"
)

// All is held by those who may do everything, now and in later versions.
const All = "*"

// Kind is something that is read and written.
type Kind struct {
	Name  string // in permissions and paths of the API
	Title string // for people
	Read  bool   // it can only be read
}

// Kinds are all there are, in the order of a role's form.
var Kinds = []Kind{
	{"patients", "Pacientes", false},
	{"appointments", "Agendamentos", false},
	{"professionals", "Profissionais", false},
	{"services", "Serviços", false},
	{"leads", "Interessados", false},
	{"tickets", "Chamados", false},
	{"figures", "Indicadores", true},
	{"users", "Usuários", false},
	{"roles", "Perfis", false},
	{"settings", "Configurações", false},
	{"audit", "Auditoria", true},
}

// Read and Write are the permissions of a kind.
func Read(kind string) string { return kind + ".read" }

// Write permits reading too.
func Write(kind string) string { return kind + ".write" }

// Choices are the permissions that a role may hold, each with its title.
func Choices() (names, titles []string) {
	names, titles = []string{All}, []string{"Tudo"}
	for _, k := range Kinds {
		names, titles = append(names, Read(k.Name)), append(titles, k.Title+": consultar")
		if !k.Read {
			names, titles = append(names, k.Name+".*"), append(titles, k.Title+": consultar e alterar")
		}
	}
	return names, titles
}

// grants are the permissions each of which includes one.
func grants(one string) []string {
	kind, verb, _ := strings.Cut(one, ".")
	all := []string{one, kind + ".*", All}
	if verb == "read" {
		all = append(all, Write(kind))
	}
	return all
}

// Need is what a route asks for. An access token carries its user's permissions
// as roles.
func Need(one string) auth.Need {
	all := grants(one)
	return auth.Role(all[0], all[1:]...)
}

// Held reports whether one permission is among those held.
func Held(held []string, one string) bool {
	return slices.ContainsFunc(grants(one), func(g string) bool { return slices.Contains(held, g) })
}

// Missing returns what of wanted goes beyond those held: nobody gives what he
// has not.
func Missing(held, wanted []string) (beyond []string) {
	if slices.Contains(held, All) {
		return nil
	}
	for _, w := range wanted {
		kind, verb, _ := strings.Cut(w, ".")
		ok := w != All && slices.Contains(held, kind+".*")
		if w != All && verb != "*" {
			ok = Held(held, w)
		}
		if !ok {
			beyond = append(beyond, w)
		}
	}
	return beyond
}
