package postgres_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/postgres"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
)

func settings(login, database string) postgres.Settings {
	address := fmt.Sprintf("127.0.0.1:%d", cluster.Port)
	return postgres.Settings{Write: address, Read: address, Database: database, Login: login, TLS: postgres.Off, Connections: 2, Timeout: time.Second, Schema: "prod"}
}

// ASVS: v5.0.0-13.2.2.
func TestALoginThatEscapesRowSecurityIsRefused(t *testing.T) {
	t.Parallel()
	database := cluster.Database(t)
	su := cluster.Connect(t, postgrestest.Superuser, database)
	for name, row := range map[string]struct{ does, want string }{
		"a superuser":             {"alter role L superuser", "L is a superuser"},
		"bypassing":               {"alter role L bypassrls", "L has BYPASSRLS through L"},
		"making roles":            {"alter role L createrole", "L has CREATEROLE through L and could grant itself any tenant"},
		"replicating":             {"alter role L replication", "L has REPLICATION through L and could copy every row"},
		"owning a table":          {"create table L_t (id int); alter table L_t owner to L", "L owns tables through L"},
		"owning a schema":         {"create schema L_s authorization L", "L owns schemas through L"},
		"owning by a role":        {"create role L_o; create table L_t (id int); alter table L_t owner to L_o; grant L_o to L", "L owns tables through L_o"},
		"bypassing by two roles":  {"create role L_o bypassrls; create role L_m; grant L_o to L_m; grant L_m to L", "L has BYPASSRLS through L_o"},
		"a superuser by a role":   {"create role L_o superuser; grant L_o to L", "L is a member of the superuser L_o"},
		"a definer's function":    {"create function L_f() returns int language sql security definer as 'select 1'; alter function L_f() owner to L", "L owns functions through L"},
		"reading all data":        {"grant pg_read_all_data to L", "L is a member of pg_read_all_data"},
		"running programs":        {"grant pg_execute_server_program to L", "L is a member of pg_execute_server_program"},
		"Cloud SQL's own":         {"create role cloudsqlsuperuser; grant cloudsqlsuperuser to L", "L is a member of cloudsqlsuperuser"},
		"being a tenant unasked":  {"alter role L inherit; create role tenant_L; grant tenant_L to L", "L inherits the role tenant_L and would act as it without saying so"},
		"nothing of all this":     {"create role tenant_L; grant tenant_L to L", ""},
		"the owner of a database": {"create database L_d owner L", ""}, // of another one
	} {
		t.Run(name, func(t *testing.T) {
			login := cluster.Tenant()
			named := strings.NewReplacer("L ", login+" ", "L_", login+"_", " L;", " "+login+";", "tenant_L", "tenant_"+login, "L\x00", login)
			for _, sql := range append([]string{"create role " + login + " login noinherit"}, strings.Split(row.does+"\x00", "; ")...) {
				if _, err := su.Exec(t.Context(), strings.TrimSuffix(named.Replace(sql), "\x00")); err != nil {
					t.Fatalf("%s: %v", sql, err)
				}
			}
			p, err := postgres.Open(t.Context(), settings(login, database), postgres.ForWrites)
			if row.want == "" {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				p.Close()
				return
			}
			want := strings.TrimSuffix(named.Replace(row.want+"\x00"), "\x00") + "; run tenantctl prepare, or use the login that it prepared"
			if !errors.Is(err, postgres.ErrLogin) || !strings.Contains(err.Error(), want) {
				t.Errorf("error is %v, without %q", err, want)
			}
		})
	}
}

func TestADatabaseThatDoesNotAnswerIsNamed(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		change func(*postgres.Settings)
		want   string
	}{
		"no such database": {func(s *postgres.Settings) { s.Database = "nowhere" }, "database nowhere at 127.0.0.1:"},
		"nothing there":    {func(s *postgres.Settings) { s.Write = "127.0.0.1:1" }, "at 127.0.0.1:1 does not answer the login app; check the address, the password file and the certificates"},
		"no password file": {func(s *postgres.Settings) { s.PasswordFile = "/nowhere" }, "read the password of app"},
	} {
		s := settings(postgrestest.App, "postgres")
		row.change(&s)
		if _, err := postgres.Open(t.Context(), s, postgres.ForWrites); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: error is %v, without %q", name, err, row.want)
		}
	}
}
