package spec

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Namespace is the project's name, and so the prefix of its configuration.
const Namespace = "saas"

// ProjectKey is the Google provider's own key for the project, which the
// Environment shares with it.
const ProjectKey = "gcp:project"

// Environment is all that is decided about one stack. Fields with a config tag
// come from the stack's configuration under [Namespace].
type Environment struct {
	Name      string // the stack: staging, prod; also the namespace in the clusters
	ProjectID string // from gcp:project

	ProjectNumber string `config:"projectNumber" doc:"Number of the Google Cloud project, which names its service agents (gcloud projects describe)."`
	Domain        string `config:"domain" doc:"Domain of the environment; tenants are hosts under it."`

	Regions      []Region           `config:"regions" doc:"Regions, the one of what exists once first: name, cidr (a /14 each), zones, transferBasis."`
	Operators    Operators          `config:"operators" doc:"Who operates the clusters: securityGroup, admins, readers, authorizedNetworks."`
	GitHub       GitHub             `config:"github" doc:"Repository whose workflows act on the environment: ownerId, repositoryId, repository, branch, environment."`
	Cluster      Cluster            `config:"cluster" doc:"GKE in every region: channel, machineType, nodesPerZone, maxNodesPerZone, diskGb, search, exclusions."`
	Database     Database           `config:"database" doc:"Cloud SQL: primary, former (failovers), version, edition, tier, diskGb, diskLimitGb, backups, backupRegions, backupBasis, logDays, quiet, certificates."`
	Pooler       Pooler             `config:"pooler" default:"{}" doc:"PgBouncer in every region: replicas (min, max), poolSize (write, read), reserve."`
	Cache        Cache              `config:"cache" default:"{}" doc:"Memorystore in every region: version, memoryGb, replicas, snapshots."`
	Services     map[string]Service `config:"services" doc:"Apps to deploy, by name, and what differs from their defaults: strategy, replicas, resources."`
	Images       map[string]string  `config:"images" doc:"Image digest (sha256:…) of each service; make images writes it."`
	Audit        Audit              `config:"audit" doc:"Whom to tell, how long to keep logs, what a month may cost: alerts, contacts, logDays, lockLogs, budget."`
	Backup       Backup             `config:"backup" doc:"Backups of the clusters: schedule, retainDays, lockDays."`
	Ownership    Ownership          `config:"ownership" doc:"Whose the environment is, as labels: owner, costCentre."`
	Mirrors      map[string]string  `config:"mirrors" doc:"Image digest (sha256:…) of each image that others build: nginx, cert-manager's."`
	Certificates Certificates       `config:"certificates" doc:"Who issues the gateway's certificate: directory, contact."`
	Gateway      Nginx              `config:"gateway" default:"{}" doc:"nginx at the edge of every cluster: replicas, resources."`
	Edge         Edge               `config:"edge" default:"{}" doc:"Load balancer in front of every region: deny."`
	CDN          CDN                `config:"cdn" default:"{}" doc:"Host of static and media files: signingKeys."`
	Tenants      []Tenant           `config:"tenants" default:"[]" doc:"Tenants: id, host, plan, state, limits, settings."`

	Names map[string]string `config:"names" default:"{}" doc:"Names in Google Cloud of resources that this program did not make, by its own names for them; never to be removed."`
	Adopt map[string]string `config:"adopt" default:"{}" doc:"Ids of existing resources to take over in the next update, by the program's names; docs/runbooks/adopt.md."`

	DeletionProtection *bool `config:"deletionProtection" default:"true" doc:"Whether what holds data refuses deletion, here and in Google Cloud; on unless false."`
}

// Primary is the region listed first, where what exists only once lies: media,
// registry. Writes go to Database.Primary, which a failover moves.
func (e *Environment) Primary() Region { return e.Regions[0] }

// Protected reports whether what holds data refuses deletion.
func (e *Environment) Protected() bool { return e.DeletionProtection == nil || *e.DeletionProtection }

// Source is where a stack's configuration is read from.
type Source struct {
	Stack  string
	Values map[string]string // full key (saas:domain) to text or JSON, as the engine hands it over
}

// Load decodes, completes and validates the configuration of a stack. The
// error joins one [Problem] for each thing that is wrong.
func Load(source Source) (*Environment, error) {
	var ps problems
	env := &Environment{Name: source.Stack, ProjectID: source.Values[ProjectKey]}
	decodeKeys(&ps, source.Values, reflect.ValueOf(env).Elem())
	if errors.Is(ps.err(), ErrType) {
		// Validation of half-read values would blame what is not at fault.
		return nil, ps.err()
	}
	env.applyDefaults()
	env.validate(&ps)
	if len(ps) > 0 {
		return nil, ps.err()
	}
	return env, nil
}

// Keys lists every configuration key that an Environment reads.
func Keys() []string {
	keys := []string{ProjectKey}
	for _, f := range fields(reflect.TypeFor[Environment]()) {
		keys = append(keys, Namespace+":"+f.key)
	}
	return keys
}

func decodeKeys(ps *problems, values map[string]string, target reflect.Value) {
	known := fields(target.Type())
	for _, full := range sortedKeys(values) {
		key, ours := strings.CutPrefix(full, Namespace+":")
		if !ours {
			continue
		}
		i := slices.IndexFunc(known, func(f field) bool { return f.key == key })
		if i < 0 {
			unknownKey(ps, full, known)
			continue
		}
		decodeJSON(ps, full, values[full], target.Field(known[i].index))
	}
}

func (e *Environment) applyDefaults() {
	e.GitHub.applyDefaults(e.Name)
	e.Cluster.applyDefaults()
	e.Database.applyDefaults()
	e.Pooler.applyDefaults()
	e.Cache.applyDefaults()
	e.Audit.applyDefaults()
	e.Backup.applyDefaults()
	e.Gateway.applyDefaults()
	e.CDN.applyDefaults()
	e.Certificates.applyDefaults()
	for name, service := range e.Services {
		service.applyDefaults(name)
		e.Services[name] = service
	}
	for i := range e.Tenants {
		e.Tenants[i].applyDefaults()
	}
}

var (
	stackName   = regexp.MustCompile(`^[a-z][a-z0-9-]{0,13}[a-z0-9]$`)
	projectID   = regexp.MustCompile(`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`)
	projectNo   = regexp.MustCompile(`^[1-9][0-9]{5,14}$`)
	domainName  = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)
	domainLimit = 190 // leaves a tenant's label room in the 253 characters of a host name
)

func (e *Environment) validate(ps *problems) {
	if !stackName.MatchString(e.Name) {
		ps.add(ErrInvalid, "stack", e.Name, "is not a usable environment name",
			"use 2 to 15 lower-case letters, digits and hyphens: it names clusters and namespaces")
	}
	match(ps, ProjectKey, e.ProjectID, projectID, "is not a Google Cloud project id", "6 to 30 lower-case letters, digits and hyphens")
	match(ps, key("projectNumber"), e.ProjectNumber, projectNo, "is not a project number", "gcloud projects describe "+e.ProjectID+" prints it")
	match(ps, key("domain"), e.Domain, domainName, "is not a domain name", "write it like staging.example.com.br")
	if len(e.Domain) > domainLimit {
		ps.add(ErrInvalid, key("domain"), e.Domain, "is too long", fmt.Sprintf("use at most %d characters", domainLimit))
	}
	validateRegions(ps, e.Regions)
	e.Operators.validate(ps)
	e.GitHub.validate(ps)
	e.Cluster.validate(ps)
	e.Database.validate(ps, e.Regions)
	e.validatePooler(ps)
	e.Cache.validate(ps)
	e.Audit.validate(ps)
	e.Backup.validate(ps)
	e.Ownership.validate(ps)
	validateServices(ps, e.Services)
	validateImages(ps, e.Images, e.Services)
	validateMirrors(ps, e.Mirrors)
	e.Gateway.validate(ps)
	e.Edge.validate(ps)
	e.CDN.validate(ps)
	e.Certificates.validate(ps)
	validateTenants(ps, e.Tenants, e.Domain)
	e.validateWatchedHosts(ps)
	e.validateAdoption(ps)
}

func key(name string) string { return Namespace + ":" + name }

// match reports a value that is absent or does not have the form of pattern.
func match(ps *problems, path, value string, pattern *regexp.Regexp, detail, remedy string) {
	switch {
	case value == "":
		ps.add(ErrMissing, path, "", "is missing", remedy)
	case !pattern.MatchString(value):
		ps.add(ErrInvalid, path, value, detail, remedy)
	}
}
