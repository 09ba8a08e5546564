package spec

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Audit says who is told what, how long logs are kept, and what the
// environment may cost. Nothing of it has a default: whom to wake and how long
// to keep evidence are choices that somebody has to make.
type Audit struct {
	Alerts   []string  `config:"alerts"`   // e-mail addresses that alerts go to
	Contacts []Contact `config:"contacts"` // whom Google writes to, by category
	LogDays  int       `config:"logDays"`  // days for which audit and access logs can neither be deleted nor changed
	// LockLogs makes LogDays final: nobody, not even an owner of the project,
	// can shorten it, and a log bucket cannot be deleted before its newest
	// entry is that old. It can be turned on, and never off again.
	LockLogs *bool  `config:"lockLogs"`
	Budget   Budget `config:"budget"`
}

// Contact is one address of Google's Essential Contacts.
type Contact struct {
	Email      string            `config:"email"`
	Language   string            `config:"language"` // of the messages; pt-BR unless set
	Categories []ContactCategory `config:"categories"`
}

// ContactCategory is what a message of Google's is about.
type ContactCategory string

// ContactCategories are Google's:
// cloud.google.com/resource-manager/docs/managing-notification-contacts.
var ContactCategories = []ContactCategory{
	"ALL", "BILLING", "LEGAL", "PRODUCT_UPDATES", "SECURITY", "SUSPENSION", "TECHNICAL", "TECHNICAL_INCIDENTS",
}

// wantedCategories need somebody: CIS Google Cloud Foundations 5.0 1.16, and
// billing, which is how an environment is suspended.
var wantedCategories = []ContactCategory{"BILLING", "LEGAL", "SECURITY", "SUSPENSION", "TECHNICAL"}

// Budget is what a month may cost before somebody is told. It stops nothing.
type Budget struct {
	BillingAccount string `config:"billingAccount"` // 0X0X0X-0X0X0X-0X0X0X, billed in Brazilian reais
	MonthlyBRL     int    `config:"monthlyBrl"`     // in reais
}

// A year is what Marco Civil (law 12.965/2014, art. 13) asks of connection
// records, twice what it asks of an application's (art. 15); 100 years is the
// most that Cloud Storage takes.
const leastLogDays, mostRetentionDays = 365, 36500

var (
	emailAddress   = regexp.MustCompile(`^[A-Za-z0-9._+-]+@([a-z0-9-]+\.)+[a-z]{2,}$`)
	languageTag    = regexp.MustCompile(`^[a-z]{2}(-[A-Z]{2})?$`)
	billingAccount = regexp.MustCompile(`^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$`)
)

// mostAlertAddresses is what a budget can notify beside its own recipients:
// cloud.google.com/billing/docs/how-to/budgets-notification-recipients.
const mostAlertAddresses = 5

func (a *Audit) applyDefaults() {
	for i := range a.Contacts {
		setDefault(&a.Contacts[i].Language, "pt-BR")
	}
}

func (a Audit) validate(ps *problems) {
	path := key("audit")
	if len(a.Alerts) == 0 {
		ps.add(ErrMissing, path+".alerts", "", "is missing", "name at least one e-mail address that somebody reads")
	}
	if len(a.Alerts) > mostAlertAddresses {
		ps.add(ErrInvalid, path+".alerts", strings.Join(a.Alerts, ", "), fmt.Sprintf("has %d addresses", len(a.Alerts)),
			fmt.Sprintf("name at most %d; write to a group to reach more people", mostAlertAddresses))
	}
	for i, address := range a.Alerts {
		at := fmt.Sprintf("%s.alerts[%d]", path, i)
		match(ps, at, address, emailAddress, "is not an e-mail address", "write it like alerts@example.com.br")
		if first := slices.Index(a.Alerts, address); first < i {
			ps.add(ErrDuplicate, at, address, fmt.Sprintf("is already %s.alerts[%d]", path, first), "list each address once")
		}
	}
	a.validateContacts(ps, path+".contacts")
	between(ps, path+".logDays", a.LogDays, leastLogDays, mostRetentionDays)
	if a.LockLogs == nil {
		ps.add(ErrMissing, path+".lockLogs", "", "is missing",
			"set true where logs are evidence, false where the environment must be torn down again; docs/adr/0006 says what follows")
	}
	match(ps, path+".budget.billingAccount", a.Budget.BillingAccount, billingAccount, "is not a billing account", "gcloud billing accounts list prints it, like 01A2B3-C4D5E6-F70819")
	between(ps, path+".budget.monthlyBrl", a.Budget.MonthlyBRL, 1, 100_000_000)
}

func (a Audit) validateContacts(ps *problems, path string) {
	covered := map[ContactCategory]bool{}
	for i, contact := range a.Contacts {
		at := fmt.Sprintf("%s[%d]", path, i)
		match(ps, at+".email", contact.Email, emailAddress, "is not an e-mail address", "write it like legal@example.com.br")
		if first := slices.IndexFunc(a.Contacts, func(c Contact) bool { return c.Email == contact.Email }); first < i {
			ps.add(ErrDuplicate, at+".email", contact.Email, fmt.Sprintf("is already %s[%d]", path, first), "list all its categories there")
		}
		match(ps, at+".language", contact.Language, languageTag, "is not a language tag", "write it like pt-BR")
		if len(contact.Categories) == 0 {
			ps.add(ErrMissing, at+".categories", "", "is missing", "say what the contact is told of")
		}
		for j, category := range contact.Categories {
			oneOf(ps, fmt.Sprintf("%s.categories[%d]", at, j), category, ContactCategories)
			covered[category] = true
		}
	}
	for _, wanted := range wantedCategories {
		if !covered[wanted] && !covered["ALL"] {
			ps.add(ErrMissing, path, "", "has nobody for "+string(wanted), "add the category to a contact")
		}
	}
}

// mostWatchedHosts is how many uptime checks Cloud Monitoring has room for in a
// project: cloud.google.com/monitoring/quotas.
const mostWatchedHosts = 100

func (e *Environment) validateWatchedHosts(ps *problems) {
	if n := len(e.WatchedHosts()); n > mostWatchedHosts {
		ps.add(ErrInvalid, key("tenants"), "", fmt.Sprintf("has %d public hosts with the platform's own; a project can check %d of them from outside", n, mostWatchedHosts),
			"give the tenants beyond them a stack in a project of its own")
	}
}

// LogsLocked reports whether the retention of logs is final.
func (e *Environment) LogsLocked() bool { return e.Audit.LockLogs != nil && *e.Audit.LockLogs }

// WatchedHost is a host that is checked from outside.
type WatchedHost struct {
	Host   string
	Tenant string // whose host it is; empty for the platform's own
	// Empty: nothing is promised at /, so that an answer of any kind below 500
	// over valid TLS is good.
	Empty bool
}

// WatchedHosts lists every public host of the environment: its domain, the
// content delivery network, and each active tenant's. Each is known by what it
// is, so that a tenant that joins or leaves moves no other.
func (e *Environment) WatchedHosts() map[string]WatchedHost {
	hosts := map[string]WatchedHost{
		"site": {Host: e.Domain},
		"cdn":  {Host: "cdn." + e.Domain, Empty: true},
	}
	for _, t := range e.ActiveTenants() {
		hosts["tenant-"+t.ID] = WatchedHost{Host: t.Host + "." + e.Domain, Tenant: t.ID}
	}
	return hosts
}
