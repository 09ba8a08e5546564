package people

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/admin/internal/permission"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

var (
	roleKey  = entity.Key{Column: "name", Type: "text"}
	roleForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)
)

// Roles describes what users may do.
func (s *Store) Roles() *entity.Entity {
	var choices []entity.Choice
	names, titles := permission.Choices()
	for i, name := range names {
		choices = append(choices, entity.Choice{Value: name, Label: titles[i]})
	}
	return &entity.Entity{
		Name: "roles", Slug: "perfis", One: "Perfil", Many: "Perfis", Key: roleKey, Title: "title",
		Fields: []entity.Field{
			{Name: "title", Label: "Título", Kind: entity.Text, Required: true, Max: 60, Listed: true},
			{Name: "name", Label: "Nome", Kind: entity.Text, Required: true, Once: true, Max: 40, Listed: true, Help: "Letras minúsculas, números e _, como recepcao."},
			{Name: "permissions", Label: "Permissões", Kind: entity.Set, Choices: choices, Listed: true},
		},
		Search: []string{"title", "name"},
		Sorts:  []entity.Sort{{Name: "title", Label: "Título", Column: "t.title", Type: "text"}},
		Actions: []entity.Action{
			{Name: "delete", Label: "Excluir", Confirm: "Excluir os perfis escolhidos? Só os que nenhum usuário tem podem ser excluídos.", Danger: true},
		},
		Unique: map[string]entity.Problem{"roles_pkey": {Field: "name", Detail: "já há um perfil com este nome"}},
		Check:  checkRole,
		Verify: verifyAdministrator,
		Settled: func(ctx context.Context, id tenancy.ID, c *entity.Change) {
			if c.Action == "" && c.Old["permissions"] != c.New["permissions"] {
				s.endRole(ctx, id, c.Keys[0])
			}
		},
	}
}

func checkRole(ctx context.Context, tx *tenancy.Tx, c *entity.Change) (problems entity.Problems, err error) {
	rows, err := tx.Query(ctx, "select name, permissions from roles order by name for update")
	if err != nil {
		return nil, fmt.Errorf("lock the roles: %w", err)
	}
	var name string
	var held []string
	_, err = pgx.ForEachRow(rows, []any{&name, &held}, func() error {
		for _, key := range c.Keys {
			if key == name && len(permission.Missing(c.By.Permissions, held)) > 0 {
				problems = append(problems, entity.Problem{Detail: "o perfil " + name + " tem permissões que você não tem"})
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("lock the roles: %w", err)
	}
	if c.New == nil {
		return problems, nil
	}
	if c.Old == nil && !roleForm.MatchString(c.New["name"]) {
		problems = append(problems, entity.Problem{Field: "name", Detail: "comece com uma letra e use letras minúsculas, números e _"})
	}
	if given := c.New["permissions"]; given != "" {
		if beyond := permission.Missing(c.By.Permissions, strings.Split(given, ",")); len(beyond) > 0 {
			problems = append(problems, entity.Problem{Field: "permissions", Detail: "você não tem " + strings.Join(beyond, ", ")})
		}
	}
	return problems, nil
}

// endRole ends the sessions of all who have a role.
func (s *Store) endRole(ctx context.Context, id tenancy.ID, role string) {
	rows, err := s.db.Query(ctx, id, "select id::text from users where role = $1", role)
	if err == nil {
		var keys []string
		if keys, err = pgx.CollectRows(rows, pgx.RowTo[string]); err == nil {
			s.end(ctx, id, keys...)
		}
	}
	if err != nil {
		s.log.Error("people: sessions of a changed role could not be ended", "tenant", id.String(), "role", role, "problem", err.Error())
	}
}
