package backing

import (
	"strings"

	"github.com/avila-devops/saas/apps/internal/config"
	"github.com/avila-devops/saas/apps/internal/memorystore"
	"github.com/avila-devops/saas/apps/internal/postgres"
	"github.com/avila-devops/saas/apps/internal/search/elasticdial"
)

// Settings say what a service rests on.
type Settings struct {
	Database postgres.Settings
	Stores   StoreSettings
}

// StoreSettings say where things are besides the database.
type StoreSettings struct {
	Redis  memorystore.Options
	Search Search
	Media  Media
}

// Search says where Elasticsearch is. Without addresses, PostgreSQL alone
// searches.
type Search struct {
	Server elasticdial.Server
	Index  string
}

// Media says where files are: in a bucket, or in a directory where services
// are developed.
type Media struct {
	Bucket, Account string // the account signs links
	Dir, URL        string // the address under which Stores.Media answers
}

// Load reads the settings. Problems are kept in r.
func Load(r *config.Reader) Settings {
	return Settings{Database: postgres.Load(r), Stores: LoadStores(r)}
}

// LoadStores reads the settings of everything but the database.
func LoadStores(r *config.Reader) StoreSettings {
	s := StoreSettings{Redis: memorystore.Options{
		Address: r.Text("REDIS_ADDRESS", ""), ReadAddress: r.Optional("REDIS_READ_ADDRESS"),
		CAFile: r.Optional("REDIS_CA_FILE"), AuthFile: r.Optional("REDIS_AUTH_FILE"),
	}}
	if s.Redis.Address != "" {
		r.Keep(s.Redis.Check())
	}
	s.Search = LoadSearch(r)
	s.Media.load(r)
	return s
}

// LoadSearch reads the settings of Elasticsearch.
func LoadSearch(r *config.Reader) (s Search) {
	addresses := r.Optional("SEARCH_ADDRESSES")
	rest := map[string]string{}
	for _, name := range []string{"SEARCH_INDEX", "SEARCH_CA_FILE", "SEARCH_USER", "SEARCH_PASSWORD_FILE"} {
		if rest[name] = r.Optional(name); rest[name] != "" && addresses == "" {
			r.Refuse(name, rest[name], "is set and SEARCH_ADDRESSES is not", "set both, or neither where PostgreSQL alone searches")
		}
	}
	if addresses == "" {
		return s
	}
	if s.Index = rest["SEARCH_INDEX"]; s.Index == "" {
		r.Refuse("SEARCH_INDEX", "", "is not set", "name the index that the environment's tenants share")
	}
	if (rest["SEARCH_USER"] == "") != (rest["SEARCH_PASSWORD_FILE"] == "") {
		r.Refuse("SEARCH_USER", rest["SEARCH_USER"], "and SEARCH_PASSWORD_FILE go together", "set both or none")
	}
	s.Server = elasticdial.Server{Addresses: strings.Split(addresses, ","), CAFile: rest["SEARCH_CA_FILE"], User: rest["SEARCH_USER"], PasswordFile: rest["SEARCH_PASSWORD_FILE"]}
	r.Keep(s.Server.Check())
	return s
}

func (m *Media) load(r *config.Reader) {
	m.Bucket, m.Account = r.Optional("MEDIA_BUCKET"), r.Optional("MEDIA_ACCOUNT")
	m.Dir, m.URL = r.Optional("MEDIA_DIR"), r.Optional("MEDIA_URL")
	if (m.Bucket == "") == (m.Dir == "") {
		r.Refuse("MEDIA_BUCKET", m.Bucket, "and MEDIA_DIR are two places for files, of which there must be one", "set MEDIA_BUCKET and MEDIA_ACCOUNT, or MEDIA_DIR and MEDIA_URL where the service is developed")
	}
	if (m.Bucket == "") != (m.Account == "") {
		r.Refuse("MEDIA_ACCOUNT", m.Account, "and MEDIA_BUCKET go together", "set both: the account's e-mail address signs the links to the bucket's files")
	}
	if (m.Dir == "") != (m.URL == "") {
		r.Refuse("MEDIA_URL", m.URL, "and MEDIA_DIR go together", "set both: links to the directory's files begin with the address")
	}
}
