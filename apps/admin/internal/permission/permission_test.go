package permission_test

import (
	"slices"
	"testing"

	"github.com/avila-devops/saas/apps/admin/internal/permission"
)

func TestAPermissionIsHeldByItselfOrByWhatIncludesIt(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		held []string
		one  string
		want bool
	}{
		{[]string{"patients.read"}, "patients.read", true},
		{[]string{"patients.write"}, "patients.read", true},
		{[]string{"patients.*"}, "patients.write", true},
		{[]string{"*"}, "audit.read", true},
		{[]string{"patients.read"}, "patients.write", false},
		{[]string{"patients.*"}, "users.read", false},
		{nil, "patients.read", false},
	} {
		if got := permission.Held(row.held, row.one); got != row.want {
			t.Errorf("%v holds %s: %t", row.held, row.one, got)
		}
	}
}

// ASVS: v5.0.0-8.2.1 (nobody gives what he has not).
func TestWhatGoesBeyondOnesOwnIsNamed(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ held, wanted, want []string }{
		{[]string{"*"}, []string{"*", "users.*"}, nil},
		{[]string{"users.*"}, []string{"*"}, []string{"*"}},
		{[]string{"users.write"}, []string{"users.*", "users.read"}, []string{"users.*"}},
		{[]string{"users.*", "patients.read"}, []string{"users.write", "patients.read", "patients.write"}, []string{"patients.write"}},
	} {
		if got := permission.Missing(row.held, row.wanted); !slices.Equal(got, row.want) {
			t.Errorf("of %v those who hold %v miss %v", row.wanted, row.held, got)
		}
	}
}

func TestEveryChoiceHasATitle(t *testing.T) {
	t.Parallel()
	names, titles := permission.Choices()
	if len(names) != len(titles) || len(names) < len(permission.Kinds) {
		t.Errorf("%d names, %d titles", len(names), len(titles))
	}
}
