package backing

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"golang.org/x/oauth2/google"

	"github.com/avila-devops/saas/apps/internal/cache"
	"github.com/avila-devops/saas/apps/internal/files"
	"github.com/avila-devops/saas/apps/internal/jobs"
	"github.com/avila-devops/saas/apps/internal/memorystore"
	"github.com/avila-devops/saas/apps/internal/search"
	"github.com/avila-devops/saas/apps/internal/search/elasticdial"
	"github.com/avila-devops/saas/apps/internal/telemetry"
)

// maxFile is the size of the largest file that is stored.
const maxFile = 50 << 20

// Stores is what keeps things of tenants besides the database.
type Stores struct {
	Redis   *memorystore.Store
	Cache   *cache.Cache
	Queue   *jobs.Client
	Office  *jobs.Office
	Elastic *search.Elastic // nil where PostgreSQL alone searches
	Files   *files.Store
	Media   http.Handler // answers the links of a directory's files; nil with Cloud Storage

	dir *files.Dir
}

// OpenStores opens everything but the database. Nothing is connected to before
// its first use.
func OpenStores(s StoreSettings, metrics *telemetry.Metrics, log *slog.Logger) (o Stores, err error) {
	defer func() {
		if err != nil {
			o, err = Stores{}, errors.Join(fmt.Errorf("open what the service rests on: %w", err), o.Close())
		}
	}()
	if o.Redis, err = memorystore.Open(s.Redis); err != nil {
		return o, err
	}
	if o.Cache, err = cache.New(o.Redis.Primary, o.Redis.Replica, metrics.Registry(), log); err != nil {
		return o, err
	}
	if o.Queue, err = jobs.NewClient(o.Redis.Primary, metrics.Registry()); err != nil {
		return o, err
	}
	o.Office = jobs.NewOffice(o.Redis.Primary)
	if err := metrics.Registry().Register(o.Office); err != nil {
		return o, fmt.Errorf("register the metrics of jobs: %w", err)
	}
	if o.Elastic, err = s.Search.Open(); err != nil {
		return o, err
	}
	return o, o.openFiles(s.Media)
}

// Open returns Elasticsearch, or nil where there is none.
func (s Search) Open() (*search.Elastic, error) {
	if len(s.Server.Addresses) == 0 {
		return nil, nil //nolint:nilnil // there is none, and that is no error
	}
	client, err := elasticdial.Open(s.Server)
	if err != nil {
		return nil, err //nolint:wrapcheck // it names the setting
	}
	return search.NewElastic(client, s.Index) //nolint:wrapcheck // as above
}

func (o *Stores) openFiles(m Media) error {
	var bucket files.Bucket
	var err error
	if m.Bucket != "" {
		signer, err := files.NewIAMSigner(m.Account, google.ComputeTokenSource("", "https://www.googleapis.com/auth/cloud-platform"))
		if err != nil {
			return err //nolint:wrapcheck // OpenStores says what for
		}
		if bucket, err = files.NewGCS(m.Bucket, google.ComputeTokenSource("", "https://www.googleapis.com/auth/devstorage.read_write"), signer); err != nil {
			return err //nolint:wrapcheck // as above
		}
	} else {
		if o.dir, err = files.OpenDir(m.Dir, m.URL); err != nil {
			return err //nolint:wrapcheck // as above
		}
		bucket, o.Media = o.dir, o.dir.Handler()
	}
	o.Files, err = files.New(bucket, maxFile)
	return err //nolint:wrapcheck // as above
}

// Close closes what is open.
func (o *Stores) Close() error {
	var problems []error
	if o.Redis != nil {
		problems = append(problems, o.Redis.Close())
	}
	if o.dir != nil {
		problems = append(problems, o.dir.Close())
	}
	return errors.Join(problems...)
}
