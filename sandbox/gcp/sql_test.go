package gcp

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

func TestCloudSQLRefusesWhatItDoesNotOffer(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	flag := func(pairs ...any) object {
		var flags []any
		for i := 0; i+1 < len(pairs); i += 2 {
			flags = append(flags, object{"name": pairs[i], "value": pairs[i+1]})
		}
		return object{"settings.databaseFlags": flags}
	}
	const backup, deny, window = "settings.backupConfiguration", "settings.denyMaintenancePeriod", "settings.maintenanceWindow"
	period := func(from, to, at string) object {
		return object{deny: object{"startDate": from, "endDate": to, "time": at}}
	}
	for name, row := range map[string]struct {
		changes          object
		property, reason string
	}{
		"an odd number of cores":              {object{"settings.tier": "db-custom-3-7680"}, "settings.tier", "1 core, or an even number up to 96"},
		"too little memory":                   {object{"settings.tier": "db-custom-8-3840"}, "settings.tier", "from 0.9 to 6.5 GB a core"},
		"memory that is no multiple":          {object{"settings.tier": "db-custom-2-7700"}, "settings.tier", "a multiple of 256 MB"},
		"a machine that plus does not have":   {object{"settings.edition": "ENTERPRISE_PLUS", "settings.tier": "db-perf-optimized-N-6"}, "settings.tier", "cores are one of [2 4 8"},
		"a data cache without plus":           {object{"settings.dataCacheConfig": object{"dataCacheEnabled": true}}, "settings.dataCacheConfig.dataCacheEnabled", "needs edition ENTERPRISE_PLUS"},
		"a disk too small":                    {object{"settings.diskSize": 5}, "settings.diskSize", "from 10 to 65536"},
		"growth that ends below the start":    {object{"settings.diskAutoresizeLimit": 15}, "settings.diskAutoresizeLimit", "less than diskSize 20"},
		"a place that has no backups":         {object{backup + ".location": "brazil"}, backup + ".location", "is no place for backups"},
		"time travel without backups":         {object{backup + ".enabled": false}, backup + ".pointInTimeRecoveryEnabled", "needs backups: set enabled"},
		"two zones without backups":           {object{backup: nil}, "settings.availabilityType", "REGIONAL needs backupConfiguration.enabled"},
		"logs for a month":                    {object{backup + ".transactionLogRetentionDays": 30}, backup + ".transactionLogRetentionDays", "from 1 to 7 with edition ENTERPRISE, got 30"},
		"a start at no time":                  {object{backup + ".startTime": "6am"}, backup + ".startTime", "write it like 06:00"},
		"no backup kept":                      {object{backup + ".backupRetentionSettings.retainedBackups": 0}, backup + ".backupRetentionSettings.retainedBackups", "from 1 to 365"},
		"an eighth day":                       {object{window + ".day": 8}, window + ".day", "expected to be in the range (1 - 7)"},
		"a track nobody runs":                 {object{window + ".updateTrack": "fast"}, window + ".updateTrack", "expected one of [canary stable week5]"},
		"a quarter denied":                    {period("10-01", "01-05", "03:00:00"), deny + ".endDate", "the period has 97 days, at most 90"},
		"a period that ends before it starts": {period("2026-12-01", "2026-11-01", "03:00:00"), deny + ".startDate", "2026-12-01 lies after 2026-11-01"},
		"a year on one side":                  {period("2026-12-01", "01-05", "03:00:00"), deny + ".startDate", "must both be dates"},
		"a period from no time":               {period("11-20", "01-05", "midnight"), deny + ".time", "write it like 03:00:00"},
		"a connector that is not":             {object{"settings.connectorEnforcement": "ON"}, "settings.connectorEnforcement", "expected one of [NOT_REQUIRED REQUIRED]"},
		"a CA mode that is not":               {object{"settings.ipConfiguration.serverCaMode": "OWN"}, "settings.ipConfiguration.serverCaMode", "GOOGLE_MANAGED_INTERNAL_CA"},
		"a switch set to yes":                 {flag("log_connections", "yes"), "settings.databaseFlags", `Invalid value of flag log_connections: expected one of [on off], got "yes"`},
		"a number out of range":               {flag("max_connections", "5"), "settings.databaseFlags", "expected a number from 14 to 262143"},
		"a word for a number":                 {flag("log_temp_files", "all"), "settings.databaseFlags", "expected a number from -1"},
		"a class that pgAudit does not have":  {flag("cloudsql.enable_pgaudit", "on", "pgaudit.log", "ddl,everything"), "settings.databaseFlags", `"everything" is not a class`},
		"pgAudit's flags without pgAudit":     {flag("pgaudit.log", "ddl"), "settings.databaseFlags", "need cloudsql.enable_pgaudit on"},
		"a flag set twice":                    {flag("log_connections", "on", "log_connections", "off"), "settings.databaseFlags", "is set twice"},
		"a role that is not":                  {object{"instanceType": "STANDBY"}, "instanceType", "expected one of [CLOUD_SQL_INSTANCE READ_REPLICA_INSTANCE]"},
		"a promotion that keeps its master":   {object{"instanceType": "CLOUD_SQL_INSTANCE", "masterInstanceName": "m"}, "masterInstanceName", "Please remove master_instance_name and try again"},
		"backups of a replica":                {object{"instanceType": "READ_REPLICA_INSTANCE", "masterInstanceName": "m"}, backup + ".enabled", "backups are the primary's"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var found []string
			for _, failure := range e.check(sqlInstanceType, "x", nil, with(e.instanceInputs(), row.changes)).Failures {
				if string(failure.Property) == row.property && strings.Contains(failure.Reason, row.reason) {
					return
				}
				found = append(found, fmt.Sprintf("%s: %s", failure.Property, failure.Reason))
			}
			t.Errorf("found %q, want %s: %s", found, row.property, row.reason)
		})
	}
}

func TestAReplicaFitsItsPrimaryOrIsRefused(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]refusal{
		"a replica of another edition": {sqlInstanceType, (*environment).replicaInputs, object{"settings.edition": "ENTERPRISE_PLUS", "settings.tier": "db-perf-optimized-N-2"},
			[]string{"must have edition ENTERPRISE, not ENTERPRISE_PLUS"}},
		"a replica with less disk": {sqlInstanceType, (*environment).replicaInputs, object{"settings.diskSize": 10},
			[]string{"must have at least 20 GB"}},
		"a replica with fewer connections": {sqlInstanceType, func(e *environment) object {
			e.update(e.instance(), with(e.instanceInputs(), object{"settings.databaseFlags": []any{object{"name": "max_connections", "value": "400"}}}))
			return e.replicaInputs()
		}, nil, []string{"flag max_connections of a replica of database-primary-", "must be at least 400"}},
		"a replica of what is not backed up": {sqlInstanceType, func(e *environment) object {
			e.update(e.instance(), with(e.instanceInputs(), object{"settings.availabilityType": "ZONAL", "settings.backupConfiguration": nil}))
			return e.replicaInputs()
		}, nil, []string{"must have automated backups and point-in-time recovery before it has replicas"}},
		"a certificate for nobody's instance": {sslCertType, (*environment).clientCertInputs, object{"instance": "nowhere"},
			[]string{"The resource 'nowhere' was not found"}},
		"two certificates of one name": {sslCertType, func(e *environment) object { e.clientCert(); return e.clientCertInputs() }, nil,
			[]string{"Error 409: The SSL certificate pooler already exists on instance database-primary-", "choose another common name"}},
		"an eleventh certificate": {sslCertType, func(e *environment) object {
			for i := range mostSQLCerts {
				e.create(sslCertType, fmt.Sprintf("client-%d", i), with(e.clientCertInputs(), object{"commonName": fmt.Sprintf("client-%d", i)}))
			}
			return e.clientCertInputs()
		}, nil, []string{"The limit of 10 client certificates", "delete one that nobody uses"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row.run(t)
		})
	}
}

func TestAClientCertificateAndItsKeyBelongTogether(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	cert := e.clientCert()
	pair, err := tls.X509KeyPair([]byte(cert.text("cert")), []byte(cert.text("privateKey")))
	if err != nil {
		t.Fatal(err)
	}
	if pair.Leaf.Subject.CommonName != "pooler" || pair.Leaf.ExtKeyUsage[0] != x509.ExtKeyUsageClientAuth {
		t.Errorf("the certificate is of %s, for %v", pair.Leaf.Subject, pair.Leaf.ExtKeyUsage)
	}
	if block, _ := pem.Decode([]byte(cert.text("serverCaCert"))); block == nil || cert.text("serverCaCert") != texts(e.instance().outputs, "serverCaCerts.cert")[0] {
		t.Error("the certificate does not come with its server's CA")
	}
	e.update(e.replica(), with(e.replicaInputs(), object{"deletionProtection": false, "settings.deletionProtectionEnabled": false}))
	e.delete(e.replica())
	e.update(e.instance(), with(e.instanceInputs(), object{"deletionProtection": false, "settings.deletionProtectionEnabled": false}))
	e.delete(e.instance())
	if read := e.read(cert); read.ID != "" {
		t.Error("the certificate outlives its instance")
	}
}

// promoted is what the program says of a replica that takes over.
func promoted(e *environment) object {
	return with(e.instanceInputs(), object{"instanceType": "CLOUD_SQL_INSTANCE"})
}

func TestAReplicaIsPromotedInPlaceAndKeepsWhatItHas(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.database()
	replica := e.replica()
	id, address := replica.id, replica.text("privateIpAddress")
	diff := e.diff(replica, promoted(e))
	if diff.Changes != plugin.DiffSome || len(diff.ReplaceKeys) > 0 {
		t.Fatalf("a promotion replaces for %v", diff.ReplaceKeys)
	}
	e.update(replica, promoted(e))
	if replica.id != id || replica.text("privateIpAddress") != address || replica.text("instanceType") != "CLOUD_SQL_INSTANCE" || has(replica.outputs, "masterInstanceName") {
		t.Errorf("the promoted instance is %s, %v", replica.id, replica.outputs)
	}
	database := object{"project": testProject, "instance": string(id), "name": "saas"}
	_, err := e.try(databaseType, "again", database)
	wantError(t, err, "Error 409: The resource 'projects/avila-test/instances/"+string(id)+"/databases/saas' already exists", "pulumi import")
	e.create(databaseType, "more", with(database, object{"name": "more"}))
	e.create(sqlUserType, "provisioner", with(e.userInputs(), object{"instance": string(id)}))
	// The old primary has no replica any more, and so can go.
	e.update(e.instance(), with(e.instanceInputs(), object{"deletionProtection": false, "settings.deletionProtectionEnabled": false}))
	e.delete(e.instance())
}

func TestHalfAPromotionChangesNothing(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	replica := e.replica()
	e.update(replica, with(e.replicaInputs(), object{"instanceType": nil, "masterInstanceName": nil}))
	if replica.text("masterInstanceName") != e.instance().text("name") || replica.text("instanceType") != "READ_REPLICA_INSTANCE" {
		t.Errorf("a replica whose program forgets its master is a %s of %q", replica.text("instanceType"), replica.text("masterInstanceName"))
	}
}

func TestAReplicaThatWasPromotedByHandNeedsNoMoreThanARefresh(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	replica := e.replica()
	before := *replica
	e.update(replica, promoted(e)) // as gcloud sql instances promote-replica does, and the console
	read := e.read(&before)
	before.inputs, before.outputs = read.Inputs, read.Outputs
	if diff := e.diff(&before, promoted(e)); len(diff.ReplaceKeys) > 0 {
		t.Errorf("after a promotion by hand %v replace", diff.ReplaceKeys)
	}
}

func TestAnInstanceIsNotGivenAnotherMasterInPlace(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	for what, row := range map[string]struct {
		th     *thing
		inputs object
	}{
		"a primary that becomes a replica": {e.instance(), e.replicaInputs()},
		"a replica with another master":    {e.replica(), with(e.replicaInputs(), object{"masterInstanceName": "other"})},
		"a disk that shrinks":              {e.instance(), with(e.instanceInputs(), object{"settings.diskSize": 15})},
	} {
		if diff := e.diff(row.th, row.inputs); len(diff.ReplaceKeys) == 0 {
			t.Errorf("%s is not made anew: the cloud would refuse the change", what)
		}
	}
}

func TestBackupsStayOnWhileThereAreReplicas(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	e.replica()
	off := object{"settings.availabilityType": "ZONAL", "settings.backupConfiguration": nil}
	wantError(t, e.tryUpdate(e.instance(), with(e.instanceInputs(), off)), "cannot be disabled while it has the replica 'database-replica-", "delete its replicas first")
}

func TestTheNameOfADeletedInstanceIsKeptForAWeek(t *testing.T) {
	t.Parallel()
	e := newEnvironment(newWorld(t))
	inputs := with(e.instanceInputs(), object{"name": "taken", "deletionProtection": false, "settings.deletionProtectionEnabled": false})
	first := e.create(sqlInstanceType, "first", inputs)
	e.delete(first)
	if read := e.read(first); read.ID != "" {
		t.Error("the deleted instance is still there")
	}
	_, err := e.try(sqlInstanceType, "second", inputs)
	wantError(t, err, "Error 409: The resource 'taken' already exists", "Google keeps its name until ")
	e.provider.now = func() time.Time { return time.Now().Add(7*24*time.Hour + time.Minute) }
	e.create(sqlInstanceType, "second", inputs)
}
