package tenancy

import "github.com/prometheus/client_golang/prometheus"

// Register makes the Directory's gauges: how many tenants there are in each
// state, how many of their schemas are behind a version, and how old the
// snapshot is. No tenant is named in them.
func (d *Directory) Register(reg prometheus.Registerer, latest int) {
	for _, state := range []State{Active, Suspended} {
		reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "tenants", Help: "Tenants in the registry.", ConstLabels: prometheus.Labels{"state": string(state)},
		}, func() float64 { return d.count(func(r Record) bool { return r.State == state }) }))
	}
	reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "tenant_schemas_behind", Help: "Tenants whose schema is behind what this process was built for.",
	}, func() float64 {
		return d.count(func(r Record) bool { return r.State != Erased && r.SchemaVersion < latest })
	}))
	reg.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "tenant_registry_age_seconds", Help: "Time since the registry of tenants was heard from.",
	}, func() float64 { return d.now().Sub(d.current.Load().heard).Seconds() }))
}

func (d *Directory) count(is func(Record) bool) (n float64) {
	for _, r := range d.current.Load().byName {
		if is(r) {
			n++
		}
	}
	return n
}
