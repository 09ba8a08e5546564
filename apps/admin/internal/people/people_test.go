package people_test

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/admin/internal/entity"
	"github.com/avila-devops/saas/apps/admin/internal/people"
	"github.com/avila-devops/saas/apps/admin/internal/record"
	"github.com/avila-devops/saas/apps/internal/auth"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/redistest"
	"github.com/avila-devops/saas/apps/internal/telemetry"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

var cluster *postgrestest.Cluster

func TestMain(m *testing.M) {
	os.Exit(postgrestest.Main(m, func(c *postgrestest.Cluster) { cluster = c }))
}

const hash = "$argon2id$v=19$m=47104,t=1,p=1$c2FsdHNhbHQ$a2V5a2V5a2V5a2V5a2V5"

var root = entity.Actor{User: "root", Permissions: []string{"*"}}

type bundle struct {
	*people.Store
	world    *tenancytest.World
	db       *tenancy.DB
	records  *record.Store
	sessions *auth.Sessions
	id       tenancy.ID
}

func setup(t *testing.T) *bundle {
	t.Helper()
	w := tenancytest.New(t, cluster)
	db := w.DB(t)
	sessions := auth.NewSessions(redistest.Start(t).Client(), time.Now)
	return &bundle{people.New(db, sessions, telemetry.NewLog(io.Discard, "test")), w, db, record.New(db, nil), sessions, w.Tenant(t)}
}

func (b *bundle) user(t *testing.T, by entity.Actor, name, role string) (string, error) {
	t.Helper()
	r, err := b.records.Create(t.Context(), b.id, by, b.Users(), entity.Values{"name": name, "login": name, "email": name + "@exemplo.com.br", "role": role})
	return r.Key, err
}

func (b *bundle) must(t *testing.T, name, role string) string {
	t.Helper()
	key, err := b.user(t, root, name, role)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestAUserIsFoundByLoginOrAddress(t *testing.T) {
	t.Parallel()
	b := setup(t)
	key := b.must(t, "ana", "staff")
	for account, want := range map[string]bool{
		"ana": true, " ANA ": true, "cliente_" + b.id.String() + "_ana": true, "Ana@exemplo.com.br": true,
		"": false, "an": false, "ana%": false, "a\x00na": false,
	} {
		u, err := b.ByAccount(t.Context(), b.id, account)
		if (err == nil) != want || want && (u.ID != key || !slices.Contains(u.Roles, "patients.*")) || !want && !errors.Is(err, auth.ErrCredentials) {
			t.Errorf("%q finds %+v, %v", account, u, err)
		}
	}
}

// ASVS: v5.0.0-6.4.1 (a first password is temporary).
func TestATemporaryPasswordIsGoodForOneThingAndAWhile(t *testing.T) {
	t.Parallel()
	b := setup(t)
	key := b.must(t, "ana", "admin")
	session, _, err := b.sessions.Begin(t.Context(), b.id, key, "", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.SetTemporaryPassword(t.Context(), b.id, root, key, hash); err != nil {
		t.Fatal(err)
	}
	if live, err := b.sessions.Live(t.Context(), b.id, session.ID); live || err != nil {
		t.Errorf("a session from before lives: %v", err)
	}
	u, err := b.ByID(t.Context(), b.id, key)
	if err != nil || !slices.Equal(u.Roles, []string{people.Renew}) || u.Disabled {
		t.Errorf("they may %v: %v", u.Roles, err)
	}
	if _, err := b.db.Exec(t.Context(), b.id, "update users set password_expires_at = now() - interval '1 second'"); err != nil {
		t.Fatal(err)
	}
	if u, err = b.ByID(t.Context(), b.id, key); err != nil || !u.Disabled {
		t.Errorf("after its time they may still sign in: %+v, %v", u, err)
	}
	if err := b.SetOwnPassword(t.Context(), b.id, key, hash); err != nil {
		t.Fatal(err)
	}
	if u, err = b.ByID(t.Context(), b.id, key); err != nil || u.Disabled || !slices.Equal(u.Roles, []string{"*"}) {
		t.Errorf("with a password of their own they may %v: %v", u.Roles, err)
	}
}

// ASVS: v5.0.0-8.2.1, v5.0.0-8.2.2 (nobody raises himself).
// ASVS: v5.0.0-8.2.3.
func TestNobodyGivesMoreThanHeHas(t *testing.T) {
	t.Parallel()
	b := setup(t)
	clerk := entity.Actor{User: "clerk", Permissions: []string{"users.*", "roles.*", "patients.*", "appointments.*", "professionals.read", "services.read"}}
	boss := b.must(t, "chefe", "admin")
	peer, err := b.user(t, clerk, "par", "staff")
	if err != nil {
		t.Fatal(err)
	}
	users, roles := b.Users(), b.Roles()
	for what, try := range map[string]func() error{
		"a new administrator": func() error { _, err := b.user(t, clerk, "novo", "admin"); return err },
		"a higher role": func() error {
			_, err := b.records.Update(t.Context(), b.id, clerk, users, peer, 1, entity.Values{"role": "admin"})
			return err
		},
		"another name of one who has more": func() error {
			_, err := b.records.Update(t.Context(), b.id, clerk, users, boss, 1, entity.Values{"email": "x@exemplo.com.br"})
			return err
		},
		"one who has more shut out": func() error {
			_, err := b.records.Act(t.Context(), b.id, clerk, users, "disable", []string{boss})
			return err
		},
		"the password of one who has more": func() error { return b.SetTemporaryPassword(t.Context(), b.id, clerk, boss, hash) },
		"a role that may do all": func() error {
			_, err := b.records.Create(t.Context(), b.id, clerk, roles, entity.Values{"name": "tudo", "title": "Tudo", "permissions": "*"})
			return err
		},
		"a role of one's own, raised": func() error {
			_, err := b.records.Update(t.Context(), b.id, clerk, roles, "staff", 1, entity.Values{"permissions": "leads.*"})
			return err
		},
	} {
		var problems entity.Problems
		if err := try(); !errors.As(err, &problems) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestOneWhoMayDoEverythingRemains(t *testing.T) {
	t.Parallel()
	b := setup(t)
	one, two := b.must(t, "um", "admin"), b.must(t, "dois", "admin")
	outcome := make(chan error, 2)
	for _, key := range []string{one, two} { // each shuts the other out
		go func() {
			_, err := b.records.Act(t.Context(), b.id, root, b.Users(), "disable", []string{key})
			outcome <- err
		}()
	}
	first, second := <-outcome, <-outcome
	if (first == nil) == (second == nil) {
		t.Errorf("the one: %v; the other: %v", first, second)
	}
	if _, err := b.records.Update(t.Context(), b.id, root, b.Roles(), "admin", 1, entity.Values{"permissions": "users.*"}); err == nil || !strings.Contains(err.Error(), "deve restar") {
		t.Errorf("the role is emptied: %v", err)
	}
}

// ASVS: v5.0.0-7.4.2, v5.0.0-8.3.2 (changes hold at once).
func TestWhoseRightsChangeSignsInAgain(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.must(t, "chefe", "admin")
	users, roles := b.Users(), b.Roles()
	for what, change := range map[string]func(key string) error{
		"disabled": func(key string) error {
			_, err := b.records.Act(t.Context(), b.id, root, users, "disable", []string{key})
			return err
		},
		"another role": func(key string) error {
			_, err := b.records.Update(t.Context(), b.id, root, users, key, 1, entity.Values{"role": "admin"})
			return err
		},
		"the role's permissions": func(string) error {
			_, err := b.records.Update(t.Context(), b.id, root, roles, "staff", 1, entity.Values{"permissions": "patients.read"})
			return err
		},
	} {
		key := b.must(t, strings.ReplaceAll(strings.ReplaceAll(what, " ", "."), "'", ""), "staff")
		session, _, err := b.sessions.Begin(t.Context(), b.id, key, "", "")
		if err != nil {
			t.Fatal(err)
		}
		if err := change(key); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if live, err := b.sessions.Live(t.Context(), b.id, session.ID); live || err != nil {
			t.Errorf("%s: the session lives: %t, %v", what, live, err)
		}
	}
}

// of is one method's attempt with another tenant's user.
func of(b *bundle, try func(ctx context.Context, s *people.Store, as tenancy.ID, key string) (bool, error)) tenancytest.Attempt[*people.Store] {
	return tenancytest.Attempt[*people.Store]{
		Write: func(ctx context.Context, s *people.Store, as tenancy.ID) (string, error) {
			r, err := b.records.Create(ctx, as, root, s.Users(), entity.Values{"name": "Ana", "login": "ana", "email": "ana@exemplo.com.br", "role": "admin"})
			return r.Key, err
		},
		Try: try,
		See: func(ctx context.Context, s *people.Store, as tenancy.ID, key string) (any, error) {
			r, err := b.records.Get(ctx, as, s.Users(), key)
			if err != nil {
				return nil, err
			}
			u, err := s.ByID(ctx, as, key)
			return []any{r, u}, err
		},
	}
}

// changed compares a user before and after.
func changed(ctx context.Context, s *people.Store, as tenancy.ID, key string, change func() error) (bool, error) {
	before, _ := s.ByID(ctx, as, key)
	err := change()
	after, _ := s.ByID(ctx, as, key)
	return err == nil && (before.Hash != after.Hash || len(before.Roles) > 0 && before.Roles[0] != after.Roles[0]), err
}

// ASVS: v5.0.0-8.4.1 (tenants).
func TestNoTenantReachesAnothersUsers(t *testing.T) {
	t.Parallel()
	b := setup(t)
	tenancytest.Isolation(t, b.world, b.Store, map[string]tenancytest.Attempt[*people.Store]{
		"ByAccount": of(b, func(ctx context.Context, s *people.Store, as tenancy.ID, _ string) (bool, error) {
			_, err := s.ByAccount(ctx, as, "ana@exemplo.com.br")
			return err == nil, err
		}),
		"ByID": of(b, func(ctx context.Context, s *people.Store, as tenancy.ID, key string) (bool, error) {
			_, err := s.ByID(ctx, as, key)
			return err == nil, err
		}),
		"Profile": of(b, func(ctx context.Context, s *people.Store, as tenancy.ID, key string) (bool, error) {
			_, err := s.Profile(ctx, as, key)
			return err == nil, err
		}),
		"SetHash": of(b, func(ctx context.Context, s *people.Store, as tenancy.ID, key string) (bool, error) {
			return changed(ctx, s, as, key, func() error { return s.SetHash(ctx, as, key, hash) })
		}),
		"SetOwnPassword": of(b, func(ctx context.Context, s *people.Store, as tenancy.ID, key string) (bool, error) {
			return changed(ctx, s, as, key, func() error { return s.SetOwnPassword(ctx, as, key, hash) })
		}),
		"SetTemporaryPassword": of(b, func(ctx context.Context, s *people.Store, as tenancy.ID, key string) (bool, error) {
			return changed(ctx, s, as, key, func() error { return s.SetTemporaryPassword(ctx, as, root, key, hash) })
		}),
		"NoteSignIn": of(b, func(ctx context.Context, s *people.Store, as tenancy.ID, key string) (bool, error) {
			err := s.NoteSignIn(ctx, as, key)
			r, missing := b.records.Get(ctx, as, s.Users(), key)
			return missing == nil && r.Values["signed_in_at"] != "", err
		}),
	}, map[string]string{"Users": "it describes the table, and reads none", "Roles": "as Users"})
}
