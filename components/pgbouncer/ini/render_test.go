package ini

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// valid is a pooler of the primary and a replica.
func valid() *Args {
	return &Args{
		PgBouncer: Version{1, 25, 2}, Address: "0.0.0.0", Port: 6432,
		Pools: []Pool{
			{Name: "avila", Host: "10.0.0.2", Port: 5432, Database: "avila", Size: 20, Reserve: 5, Poolers: 12, Limit: 300},
			{Name: "avila_read", Host: "10.0.0.3", Port: 5432, Database: "avila", Size: 30, Reserve: 5, Poolers: 6, Limit: 300},
		},
		Auth:       Auth{Users: "/auth/users.txt", User: "pgbouncer", Database: "postgres", Stats: []string{"exporter"}},
		Clients:    TLS{Certificate: "/tls/tls.crt", Key: "/tls/tls.key", CA: "/tls/ca.crt"},
		Server:     TLS{Certificate: "/sql/tls.crt", Key: "/sql/tls.key", CA: "/sql/ca.crt"},
		MaxClients: 2000, Waits: DefaultWaits,
	}
}

func TestWhatCannotBePooledIsRefused(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		change func(*Args)
		want   string
	}{
		"a name to listen on":             {func(a *Args) { a.Address = "localhost" }, `Args.Address "localhost" is not an address`},
		"no port":                         {func(a *Args) { a.Port = 0 }, "Args.Port is 0"},
		"no client":                       {func(a *Args) { a.MaxClients = 0 }, "Args.MaxClients is 0"},
		"a socket that ends a line":       {func(a *Args) { a.AdminSocket = "/run\nadmin_users = app" }, "Args.AdminSocket"},
		"no users":                        {func(a *Args) { a.Auth.Users = "" }, `Args.Auth.Users "" is not an absolute path`},
		"a login that is a list":          {func(a *Args) { a.Auth.User = "pgbouncer, app" }, "is not the name of a login"},
		"nowhere to look":                 {func(a *Args) { a.Auth.Database = "" }, "name where pgbouncer looks passwords up"},
		"an administrator who only reads": {func(a *Args) { a.Auth.Stats = []string{"pgbouncer"} }, `Args.Auth.Stats "pgbouncer"`},
		"clients in the clear":            {func(a *Args) { a.Clients = TLS{} }, `Args.Clients.Certificate ""`},
		"a server that anybody could be":  {func(a *Args) { a.Server.CA = "" }, `Args.Server.CA ""`},
		"a wait for ever":                 {func(a *Args) { a.Waits.Query = 0 }, "Args.Waits.Query is 0s"},
		"half a second":                   {func(a *Args) { a.Waits.Idle = 500 * time.Millisecond }, "Args.Waits.Idle is 500ms"},
		"a reserve that comes too late":   {func(a *Args) { a.Waits.Reserve = time.Minute }, "the reserve would come too late"},
		"no pool":                         {func(a *Args) { a.Pools = nil }, "Args.Pools is empty"},
		"a pool twice":                    {func(a *Args) { a.Pools[1].Name = "avila" }, `pool "avila": a name of its own`},
		"PgBouncer's own name":            {func(a *Args) { a.Pools[1].Name = "pgbouncer" }, `pool "pgbouncer"`},
		"every database":                  {func(a *Args) { a.Pools[1].Name = "*" }, `pool "*"`},
		"a host with a setting":           {func(a *Args) { a.Pools[0].Host = "db user=postgres" }, "is not a host"},
		"a reserve of everything":         {func(a *Args) { a.Pools[0].Reserve = 20 }, "a size of 20 with a reserve of 20"},
		"more than the server allows": {func(a *Args) { a.Pools[0].Size = 30 },
			"pool avila: 12 poolers × (30 + 2 to look passwords up) = 384 connections, and 10.0.0.2 leaves them 300"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := valid()
			row.change(args)
			if text, err := Render(args); err == nil || !strings.Contains(err.Error(), row.want) || text != "" {
				t.Errorf("got %v, want %q", err, row.want)
			}
		})
	}
}

func TestAllProblemsAreReportedAtOnce(t *testing.T) {
	t.Parallel()
	args := valid()
	args.Port, args.MaxClients, args.Waits.Query, args.Pools[0].Host = 0, 0, 0, ""
	_, err := Render(args)
	for _, want := range []string{"Args.Port", "Args.MaxClients", "Args.Waits.Query", "pool avila"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not name %s", err, want)
		}
	}
}

var poolLine = regexp.MustCompile(`(?m)^(\w+) = host=\S+ .* pool_size=(\d+) reserve_pool=(\d+) max_db_connections=(\d+)$`)

func TestWhateverIsRenderedFitsTheServer(t *testing.T) {
	t.Parallel()
	var rendered int
	rapid.Check(t, func(r *rapid.T) {
		args := valid()
		args.Pools = nil
		for i := range rapid.IntRange(1, 4).Draw(r, "pools") {
			size := rapid.IntRange(1, 100).Draw(r, "size")
			args.Pools = append(args.Pools, Pool{
				Name: fmt.Sprintf("pool%d", i), Host: "10.0.0.2", Port: 5432, Database: "avila", Size: size, Reserve: rapid.IntRange(0, size-1).Draw(r, "reserve"),
				Poolers: rapid.IntRange(1, 50).Draw(r, "poolers"), Limit: rapid.IntRange(1, 4000).Draw(r, "limit"),
			})
		}
		text, err := Render(args)
		if err != nil {
			return // what does not fit is refused
		}
		rendered++
		lines := poolLine.FindAllStringSubmatch(text, -1)
		if len(lines) != len(args.Pools) {
			r.Fatalf("%d of %d pools are in\n%s", len(lines), len(args.Pools), text)
		}
		for i, line := range lines {
			number := func(at int) int { n, _ := strconv.Atoi(line[at]); return n }
			p, usual, reserve, most := args.Pools[i], number(2), number(3), number(4)
			if usual < 1 || usual+reserve != p.Size || usual+reserve > most || p.Poolers*most > p.Limit {
				r.Fatalf("pool %+v became %q", p, line[0])
			}
		}
	})
	if rendered == 0 {
		t.Error("nothing was rendered, so nothing was judged")
	}
}

func TestTheTextFollowsTheVersionOfPgBouncer(t *testing.T) {
	t.Parallel()
	for version, want := range map[Version]struct{ prepared, database bool }{
		{1, 25, 2}: {true, true}, {1, 21, 0}: {true, true}, {1, 19, 1}: {false, true}, {1, 18, 0}: {false, false}, {2, 0, 0}: {true, true},
	} {
		args := valid()
		args.PgBouncer = version
		text, err := Render(args)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(text, "\nmax_prepared_statements = 0\n") != want.prepared || strings.Contains(text, "\nauth_dbname = postgres\n") != want.database {
			t.Errorf("PgBouncer %v reads\n%s", version, text)
		}
	}
}
