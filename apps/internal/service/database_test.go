package service_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/avila-devops/saas/apps/internal/postgres"
	"github.com/avila-devops/saas/apps/internal/postgrestest"
	"github.com/avila-devops/saas/apps/internal/service"
	"github.com/avila-devops/saas/apps/internal/telemetry"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/tenancytest"
)

// writes is a service whose every request writes a row of its host's tenant.
type writes struct {
	*tenancytest.World
	pool    *postgres.Pool
	id      tenancy.ID
	public  string
	signals chan os.Signal
	ended   chan error
}

func startWrites(t *testing.T) *writes {
	t.Helper()
	c, err := postgrestest.Start(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Stop)
	s := &writes{World: tenancytest.New(t, c), signals: make(chan os.Signal, 2), ended: make(chan error, 1)}
	s.id = s.Tenant(t)
	if s.pool, err = postgres.Open(t.Context(), s.Settings(t, c.PgBouncer(t, 3).Port, postgrestest.App, 4), postgres.ForWrites); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.pool.Close)
	db := tenancy.New(s.pool, s.pool, tenancy.Options{})
	write := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found, _ := tenancy.Of(r.Context())
		if _, err := db.Exec(r.Context(), found.ID, "insert into professionals (name) values ('x')"); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		_, _ = io.WriteString(w, "written") // the visitor notices when it breaks
	})
	refuse := func(w http.ResponseWriter, _ *http.Request, err error) {
		http.Error(w, err.Error(), http.StatusNotFound)
	}
	log := newListening()
	go func() {
		s.ended <- service.Run(context.Background(), service.Options{
			Address: "127.0.0.1:0", AdminAddress: "127.0.0.1:0", Drain: 3 * time.Second, Finish: time.Minute,
			Signals: s.signals, Metrics: http.NotFoundHandler(), Public: s.Directory.Handler(write, refuse), Log: telemetry.NewLog(log, "test"),
		})
	}()
	<-log.addresses // the admin listener's
	s.public = <-log.addresses
	return s
}

// visit writes a row, and tells whether the service announced its end.
func (s *writes) visit(ctx context.Context, client *http.Client) (leaving bool, problem string) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.public+"/", nil)
	if err != nil {
		return false, err.Error()
	}
	req.Host = "cliente-" + s.id.String() + ".aviladevops.com.br"
	res, err := client.Do(req)
	if err != nil {
		return false, err.Error()
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || string(body) != "written" {
		return false, res.Status + " " + string(body)
	}
	return res.Close, ""
}

func TestATerminatedServiceAnswersEachWriteThatItTookAndLeavesNoConnection(t *testing.T) {
	t.Parallel()
	s := startWrites(t)
	var answered atomic.Int64
	var visitors sync.WaitGroup
	for range 8 {
		visitors.Go(func() {
			client := &http.Client{Transport: &http.Transport{MaxIdleConns: 1}}
			defer client.CloseIdleConnections()
			for leaving := false; !leaving; {
				var problem string
				if leaving, problem = s.visit(t.Context(), client); problem != "" {
					t.Errorf("a request was dropped: %s", problem)
					return
				}
				answered.Add(1)
			}
		})
	}
	for deadline := time.Now().Add(30 * time.Second); answered.Load() < 200 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	s.signals <- syscall.SIGTERM
	visitors.Wait()
	if err := <-s.ended; err != nil {
		t.Errorf("the service ended with %v", err)
	}
	s.pool.Close()
	conn := s.Cluster.Connect(t, postgrestest.Superuser, s.Database)
	var rows int64
	if err := conn.QueryRow(t.Context(), "select count(*) from tenant_"+s.id.String()+".professionals").Scan(&rows); err != nil || rows != answered.Load() || rows < 200 {
		t.Errorf("%d requests were answered, %d rows are there: %v", answered.Load(), rows, err)
	}
	if n := s.pool.Raw().Stat().TotalConns(); n != 0 {
		t.Errorf("%d connections are left", n)
	}
}

// listening is a log of which the listeners' addresses are read.
type listening struct{ addresses chan string }

func newListening() *listening { return &listening{make(chan string, 2)} }

// Write takes a line.
func (l *listening) Write(b []byte) (int, error) {
	var said line
	if err := json.Unmarshal(b, &said); err != nil {
		return 0, err
	}
	if said.Msg == "listening" {
		l.addresses <- said.Address
	}
	return len(b), nil
}
