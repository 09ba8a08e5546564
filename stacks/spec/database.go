package spec

import (
	"fmt"
	"strings"
)

// Database is the Cloud SQL primary; its replicas share its shape.
type Database struct {
	Version string  `config:"version"` // POSTGRES_17 unless set
	Edition Edition `config:"edition"` // required: it sets the price and which tiers exist
	Tier    string  `config:"tier"`    // machine; required, must belong to the edition
	DiskGB  int     `config:"diskGb"`  // first size in GB, grows by itself; 20 unless set
	Backups int     `config:"backups"` // daily backups kept; 30 unless set
}

// Edition is a Cloud SQL edition.
type Edition string

// The editions, and the prefix that each one's tiers carry.
const (
	Enterprise     Edition = "ENTERPRISE"
	EnterprisePlus Edition = "ENTERPRISE_PLUS"
)

var (
	editions   = []Edition{Enterprise, EnterprisePlus}
	tierPrefix = map[Edition]string{Enterprise: "db-custom-", EnterprisePlus: "db-perf-optimized-N-"}
)

// DatabaseVersions are the versions that the apps are tested against.
var DatabaseVersions = []string{"POSTGRES_17"}

// leastBackups keeps a month of daily backups; requirement of the environment,
// not of Cloud SQL.
const leastBackups, mostBackups = 30, 365

func (d *Database) applyDefaults() {
	setDefault(&d.Version, DatabaseVersions[0])
	setDefault(&d.DiskGB, 20)
	setDefault(&d.Backups, leastBackups)
}

func (d Database) validate(ps *problems) {
	path := key("database")
	oneOf(ps, path+".version", d.Version, DatabaseVersions)
	oneOf(ps, path+".edition", d.Edition, editions)
	if prefix, known := tierPrefix[d.Edition]; known {
		switch {
		case d.Tier == "":
			ps.add(ErrMissing, path+".tier", "", "is missing", "name a machine like "+prefix+"…")
		case !strings.HasPrefix(d.Tier, prefix):
			ps.add(ErrInvalid, path+".tier", d.Tier, fmt.Sprintf("is not a tier of %s", d.Edition), "use one that starts with "+prefix)
		}
	}
	between(ps, path+".diskGb", d.DiskGB, 10, 65536)
	between(ps, path+".backups", d.Backups, leastBackups, mostBackups)
}
