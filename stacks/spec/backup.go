package spec

import (
	"regexp"
)

// Backup is how the clusters' objects and volumes are kept. Retention and lock
// have no default: they decide what an intruder can destroy.
type Backup struct {
	Schedule   string `config:"schedule"`   // cron, in UTC; 06:10 every day unless set
	RetainDays int    `config:"retainDays"` // days after which a backup is deleted
	LockDays   int    `config:"lockDays"`   // days in which nobody can delete one
}

// cronLine is the form of schedule that Backup for GKE is given here: fixed
// minute and hour, so that the interval is a day or a week.
var cronLine = regexp.MustCompile(`^([0-9]|[1-5][0-9]) ([0-9]|1[0-9]|2[0-3]) \* \* (\*|[0-6])$`)

// Limits of Backup for GKE: cloud.google.com/kubernetes-engine/docs/add-on/backup-for-gke.
const mostBackupRetainDays, mostBackupLockDays = 365, 90

// leastBackupLockDays is how long an intruder would have to stay unnoticed to
// destroy every good backup; a choice of this project.
const leastBackupLockDays = 7

func (b *Backup) applyDefaults() {
	// 03:10 in São Paulo, after the database's own backup has begun.
	setDefault(&b.Schedule, "10 6 * * *")
}

func (b Backup) validate(ps *problems) {
	path := key("backup")
	match(ps, path+".schedule", b.Schedule, cronLine, "is not a daily or weekly schedule", "write minute, hour, * * and a day of the week or *, like 10 6 * * *")
	between(ps, path+".lockDays", b.LockDays, leastBackupLockDays, mostBackupLockDays)
	between(ps, path+".retainDays", b.RetainDays, max(b.LockDays, leastBackupLockDays), mostBackupRetainDays)
}
