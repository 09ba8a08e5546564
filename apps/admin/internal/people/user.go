package people

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/admin/internal/permission"
	"github.com/avila-devops/saas/apps/internal/tenancy"
)

var loginForm = regexp.MustCompile(`^cliente_[a-z0-9]+_[a-z0-9][a-z0-9._-]{1,39}$`)

// Users describes those who may sign in.
func (s *Store) Users() *entity.Entity {
	return &entity.Entity{
		Name: "users", Slug: "usuarios", One: "Usuário", Many: "Usuários", Key: entity.ID, Title: "name",
		Fields: []entity.Field{
			{Name: "name", Label: "Nome", Kind: entity.Text, Required: true, Listed: true},
			{Name: "login", Label: "Conta", Kind: entity.Text, Required: true, Once: true, Listed: true, Help: "Letras minúsculas, números, ponto e hífen, como maria.silva."},
			{Name: "email", Label: "E-mail", Kind: entity.Email, Required: true, Listed: true},
			{Name: "role", Label: "Perfil", Kind: entity.Reference, Required: true, Listed: true, Filter: true, Link: &entity.Link{Table: "roles", Slug: "perfis", Key: roleKey, Title: "title"}},
			{Name: "state", Label: "Situação", Kind: entity.Option, Required: true, Default: "active", Listed: true, Filter: true, Choices: []entity.Choice{{Value: "active", Label: "Ativo"}, {Value: "disabled", Label: "Bloqueado"}}},
			{Name: "signed_in_at", Label: "Último acesso", Kind: entity.Moment, Null: true, ReadOnly: true, Listed: true},
		},
		Search: []string{"name", "login", "email"},
		Sorts: []entity.Sort{
			{Name: "name", Label: "Nome", Column: "t.name", Type: "text"},
			{Name: "newest", Label: "Mais recentes", Column: "t.created_at", Type: "timestamptz", Down: true},
		},
		Actions: []entity.Action{
			{Name: "disable", Label: "Bloquear", Confirm: "Bloquear os usuários escolhidos? As sessões deles são encerradas na hora.", Set: "state = 'disabled'", From: "state = 'active'", Danger: true},
			{Name: "enable", Label: "Desbloquear", Confirm: "Desbloquear os usuários escolhidos?", Set: "state = 'active'", From: "state = 'disabled'"},
		},
		Unique: map[string]entity.Problem{
			"users_tenant_id_login_key": {Field: "login", Detail: "já há um usuário com esta conta"},
			"users_tenant_id_email_key": {Field: "email", Detail: "já há um usuário com este e-mail"},
		},
		Check:  checkUser,
		Verify: verifyAdministrator,
		Settled: func(ctx context.Context, id tenancy.ID, c *entity.Change) {
			if c.Action != "" || c.Old["role"] != c.New["role"] || c.Old["state"] != c.New["state"] {
				s.end(ctx, id, c.Keys...)
			}
		},
	}
}

func checkUser(ctx context.Context, tx *tenancy.Tx, c *entity.Change) (entity.Problems, error) {
	// All roles are locked, so that of two who take each other's rights one sees
	// what the other did.
	if _, err := tx.Exec(ctx, "select from roles order by name for update"); err != nil {
		return nil, fmt.Errorf("lock the roles: %w", err)
	}
	problems, err := outranked(ctx, tx, c.By, c.Keys)
	if err != nil || c.New == nil {
		return problems, err
	}
	if c.Old == nil {
		if prefix := "cliente_" + tx.Tenant().String() + "_"; !strings.HasPrefix(c.New["login"], prefix) {
			c.New["login"] = prefix + c.New["login"]
		}
		if !loginForm.MatchString(c.New["login"]) {
			problems = append(problems, entity.Problem{Field: "login", Detail: "use de 2 a 40 letras minúsculas, números, pontos e hifens"})
		}
	}
	var permissions []string
	if err := tx.QueryRow(ctx, "select coalesce((select permissions from roles where name = $1), '{}')", c.New["role"]).Scan(&permissions); err != nil {
		return nil, fmt.Errorf("find the role: %w", err)
	}
	if len(permission.Missing(c.By.Permissions, permissions)) > 0 {
		problems = append(problems, entity.Problem{Field: "role", Detail: "este perfil tem permissões que você não tem"})
	}
	return problems, nil
}

// verifyAdministrator keeps a tenant from shutting everybody out.
func verifyAdministrator(ctx context.Context, tx *tenancy.Tx) (entity.Problems, error) {
	left := false
	err := tx.QueryRow(ctx, `select exists (select from users u join roles r on r.tenant_id = u.tenant_id and r.name = u.role
		where u.state = 'active' and '*' = any(r.permissions))`).Scan(&left)
	if err != nil {
		return nil, fmt.Errorf("look for an administrator: %w", err)
	}
	if !left {
		return entity.Problems{{Detail: "deve restar um usuário ativo com permissão para tudo; dê esse perfil a outra pessoa antes"}}, nil
	}
	return nil, nil
}
