package main

import (
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/avila-devops/saas/apps/internal/backing"
	"github.com/avila-devops/saas/apps/internal/cache"
	"github.com/avila-devops/saas/apps/internal/figure"
	"github.com/avila-devops/saas/apps/internal/jobs"
	"github.com/avila-devops/saas/apps/internal/lead"
	"github.com/avila-devops/saas/apps/internal/payments"
	"github.com/avila-devops/saas/apps/internal/setting"
	"github.com/avila-devops/saas/apps/internal/subscription"
	"github.com/avila-devops/saas/apps/internal/telemetry"
	"github.com/avila-devops/saas/apps/internal/tenancy"
	"github.com/avila-devops/saas/apps/internal/web"
)

// revalidate makes a browser ask each time, and get a page only when it is
// another: so visits are counted, and a brand's change shows at once.
const revalidate = "no-cache"

// front is the landing with tenants: the host decides whose page is shown.
type front struct {
	mux     *web.Mux
	cross   *http.CrossOriginProtection
	backing *backing.Backing
	log     *slog.Logger
	apex    string // host
	owner   string // the tenant whose leads are the apex's

	pages         *template.Template
	home          *web.File
	problem       func(http.ResponseWriter, *http.Request, int)
	settings      *setting.Store
	leads         *lead.Store
	notice        jobs.Kind[lead.Notice]
	subscriptions *subscription.Store
	figures       *figure.Store
	provider      payments.Provider // nil where subscriptions are not taken
	cards         *cache.Space[Card]
	business      *business
	indexed       indexed
	zone          *time.Location
	now           func() time.Time
}

func newFront(s settings, b *backing.Backing, metrics *telemetry.Metrics, log *slog.Logger) (*front, error) {
	pages, problem, err := prepare(plans, s.payments != "none")
	if err != nil {
		return nil, err
	}
	f := &front{backing: b, log: log, apex: s.apex, owner: s.house, pages: pages.templates, home: pages.home, problem: problem, now: time.Now, cross: http.NewCrossOriginProtection(),
		settings: setting.NewStore(b.DB), subscriptions: subscription.NewStore(b.DB), figures: figure.NewStore(b.DB)}
	var problems [6]error
	f.notice, problems[0] = lead.NewNotice()
	f.leads = lead.NewStore(b.DB, b.Outbox, f.notice)
	f.cards, problems[1] = cache.NewSpace[Card](b.Cache, cache.Kind{Name: "landing", Life: 30 * time.Second, Tags: []string{"settings", "services"}})
	f.business, problems[2] = newBusiness(metrics.Registry())
	f.provider, problems[3] = s.provider()
	f.zone, problems[4] = time.LoadLocation("America/Sao_Paulo")
	_, problems[5] = f.house()
	if err := errors.Join(problems[:]...); err != nil {
		return nil, fmt.Errorf("prepare the landing: %w", err)
	}
	f.route(pages.assets, metrics)
	return f, nil
}

// house finds the tenant of the house itself.
func (f *front) house() (tenancy.ID, error) {
	t, err := f.backing.Directory.Named(f.owner)
	if err != nil {
		return tenancy.ID{}, fmt.Errorf("the tenant %s of the house itself: %w; make it with tenantctl provision", f.owner, err)
	}
	return t.ID, nil
}

func (f *front) route(assets *web.Assets, meter web.Meter) {
	mux := web.NewMux(meter, f.log, f.fail)
	get := func(pattern string, h handler) { mux.Handle(http.MethodGet, pattern, f.at(h)) }
	post := func(pattern string, h handler) { mux.Handle(http.MethodPost, pattern, f.at(h)) }
	get("/{$}", f.showHome)
	get("/contato", f.showContact)
	post("/contato", f.sendContact)
	get("/agendar", f.showAppointment)
	post("/agendar", f.sendAppointment)
	get("/contratar", f.showSignup)
	post("/contratar", f.sendSignup)
	get("/contratar/{id}", f.showOrder)
	get("/obrigado", f.showThanks)
	get("/busca", f.showSearch)
	get("/marca.css", f.showStyle)
	get("/logo", f.showLogo)
	get("/robots.txt", f.showRobots)
	get("/sitemap.xml", f.showSitemap)
	files := assets.Handler(mux.NotFound)
	get(assets.Pattern(), func(w http.ResponseWriter, r *http.Request, _ visit) { files.ServeHTTP(w, r) })
	get("/favicon.ico", func(w http.ResponseWriter, r *http.Request, _ visit) {
		assets.File("icone.svg").Serve(w, r, http.StatusOK, web.Briefly)
	})
	post("/pagamentos/{provider}", f.takePayment)
	f.mux = mux
}

// ServeHTTP answers a request.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) { f.mux.ServeHTTP(w, r) }

// visit is whose page a request is for.
type visit struct {
	id   tenancy.ID // of the house, at the apex
	apex bool
	host string
}

type handler func(w http.ResponseWriter, r *http.Request, v visit)

// whose finds a request's tenant by its host, and by nothing else of it.
func (f *front) whose(r *http.Request) (visit, error) {
	host, err := tenancy.ParseHost(r.Host)
	if err != nil {
		return visit{}, err //nolint:wrapcheck // at answers it
	}
	if host == f.apex {
		id, _ := f.house() // without it the pages that need no data are still shown
		return visit{id: id, apex: true, host: host}, nil
	}
	t, err := f.backing.Directory.Host(host)
	return visit{id: t.ID, host: host}, err //nolint:wrapcheck // as above
}

// www tells a request to the apex by its other name, and where the apex is: a
// page has one address.
func (f *front) www(r *http.Request) (apex string, is bool) {
	host, err := tenancy.ParseHost(r.Host)
	if err != nil || host != "www."+f.apex {
		return "", false
	}
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		number, err := strconv.ParseUint(port, 10, 16) // anything else could name another host
		if err != nil {
			return "", false
		}
		return "https://" + f.apex + ":" + strconv.FormatUint(number, 10), true
	}
	return "https://" + f.apex, true
}

// at runs a handler for the host's tenant. What another site makes a browser
// send is refused; a message of the payment provider's comes from no browser,
// and is judged by its signature.
func (f *front) at(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if apex, is := f.www(r); is {
			http.Redirect(w, r, apex+r.URL.RequestURI(), http.StatusPermanentRedirect) //nolint:gosec // the host is our own, and its port a number
			return
		}
		v, err := f.whose(r)
		if err != nil {
			plain(w, err)
			return
		}
		if err := f.cross.Check(r); err != nil {
			f.show(w, r, v, http.StatusForbidden, Page{Title: "Envio recusado", Text: "O envio veio de outro site. Abra o formulário nesta página e envie por ele.", Hidden: true})
			return
		}
		h(w, r, v)
	})
}

// plain answers where nobody's page can be shown. Whether a host was never
// there, or is suspended, is nobody's business.
func plain(w http.ResponseWriter, err error) {
	if errors.Is(err, tenancy.ErrStale) {
		http.Error(w, "Indisponível agora. Tente de novo em alguns minutos.", http.StatusServiceUnavailable)
		return
	}
	http.Error(w, "Não há nada neste endereço.", http.StatusNotFound)
}

// fail answers with the page of a problem.
func (f *front) fail(w http.ResponseWriter, r *http.Request, code int) {
	v, err := f.whose(r)
	if err != nil {
		plain(w, err)
		return
	}
	if v.apex {
		f.problem(w, r, code)
		return
	}
	for _, p := range problemTexts {
		if p.Code == code {
			f.show(w, r, v, code, Page{Title: p.Title, Text: p.Text, Hidden: true})
		}
	}
}

// away answers when something that a page needs is away.
func (f *front) away(w http.ResponseWriter, r *http.Request, v visit, err error) {
	f.log.Error("a page could not be made", "tenant", v.id, "problem", err.Error())
	f.show(w, r, v, http.StatusServiceUnavailable, Page{Title: "Indisponível agora", Text: "Nada foi enviado. Tente de novo em alguns minutos.", Hidden: true})
}
