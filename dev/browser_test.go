package dev_test

import (
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/avila-devops/saas/dev/seed"
	"github.com/avila-devops/saas/dev/server"
)

// browser starts Chromium, which finds every host at the world's address. Which
// authority a client trusts is asked elsewhere, with a client that can be told
// of one: Chromium asks the user's own store.
func (w *world) browser(t *testing.T) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.NoSandbox, // as root, in a container, there is none
		chromedp.Flag("ignore-certificate-errors", true),
		chromedp.Flag("host-resolver-rules", "MAP *."+server.Domain+" "+w.address+", MAP "+server.Domain+" "+w.address),
		chromedp.UserDataDir(t.TempDir()),
		chromedp.WindowSize(1280, 900),
	)
	allocator, end := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(end)
	ctx, leave := chromedp.NewContext(allocator)
	t.Cleanup(leave)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	bounded, end := context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(end)
	return bounded
}

// visit is a person before the browser.
type visit struct {
	t   *testing.T
	ctx context.Context
}

// does runs steps that must all succeed.
func (v *visit) does(what string, steps ...chromedp.Action[chromedp.Void]) {
	v.t.Helper()
	v.must(what, chromedp.Do(v.ctx, steps...))
}

// presses clicks what leads to another page, and waits for that.
func (v *visit) presses(what string, selector chromedp.CSS) {
	v.t.Helper()
	_, err := chromedp.RunResponse(v.ctx, chromedp.Click(selector))
	v.must(what, err)
}

func (v *visit) must(what string, err error) {
	v.t.Helper()
	if err != nil {
		where, _ := chromedp.Run(v.ctx, chromedp.Location()) // whatever there is to say
		text, _ := chromedp.Run(v.ctx, chromedp.Text(body))
		v.t.Fatalf("%s: %v, at %s, which says\n%.1500s", what, err, where, text)
	}
}

// ask runs an action and returns its value.
func ask[T any](v *visit, what string, action chromedp.Action[T]) T {
	v.t.Helper()
	value, err := chromedp.Run(v.ctx, action)
	v.must(what, err)
	return value
}

const body = chromedp.CSS("body")

// opens goes to an address and returns where that led and what is read there.
func (v *visit) opens(url string) (where, text string) {
	v.t.Helper()
	v.does("open "+url, chromedp.Navigate(url))
	return ask(v, "see where "+url+" leads", chromedp.Location()), ask(v, "read "+url, chromedp.Text(body))
}

// reads demands words on the page.
func (v *visit) reads(words ...string) {
	v.t.Helper()
	text := ask(v, "read the page", chromedp.Text(body))
	for _, word := range words {
		if !strings.Contains(text, word) {
			v.t.Fatalf("%s does not say %q but\n%.1500s", ask(v, "see where", chromedp.Location()), word, text)
		}
	}
}

func (v *visit) signsIn(tenant seed.Tenant, password string) {
	v.t.Helper()
	where, _ := v.opens(site(tenant.Host()) + "admin/")
	if !strings.Contains(where, "/admin/entrar") {
		v.t.Fatalf("a stranger is led to %s", where)
	}
	v.does("write who I am", chromedp.SendKeys(chromedp.CSS("#conta"), tenant.Login()), chromedp.SendKeys(chromedp.CSS("#senha"), password))
	v.presses("sign in at "+tenant.Host(), "main form button")
	v.reads("Início")
}

// browses drives Chromium through what people do, in each tenant and never
// across: sign in, see a chart, create, search, upload, sign out.
func (w *world) browses(t *testing.T) {
	passwords := strings.Fields(w.passwords())
	logo := filepath.Join(t.TempDir(), "logo.png")
	picture(t, logo)
	made := map[string]string{} // by tenant: the path of a patient
	for i, tenant := range seed.Tenants {
		if !tenant.Clinic() {
			continue
		}
		v := &visit{t: t, ctx: w.browser(t)}
		if _, text := v.opens(site(tenant.Host())); !strings.Contains(text, tenant.Title) {
			t.Errorf("the site of %s does not name it:\n%.500s", tenant.Name, text)
		}
		v.signsIn(tenant, passwords[i])

		if chart := ask(v, "look at a chart", chromedp.AttributeValue(chromedp.CSS(".charts svg"), "role")); chart.Value != "img" {
			t.Errorf("%s: the chart's role is %q: a screen reader does not see it", tenant.Name, chart.Value)
		}

		name := "Zuleica " + tenant.Name + " Canário"
		v.does("create a patient", chromedp.Navigate(site(tenant.Host())+"admin/pacientes/novo"), chromedp.SendKeys(chromedp.CSS("#f-name"), name))
		v.presses("save the patient", "form.sheet button")
		v.reads(name)
		v.does("search", chromedp.Navigate(site(tenant.Host())+"admin/pacientes/?q=Zuleica"))
		v.reads(name)
		made[tenant.Name] = ask(v, "find the patient", chromedp.AttributeValue(chromedp.CSS("tbody th a"), "href")).Value

		v.does("upload a logo", chromedp.Navigate(site(tenant.Host())+"admin/configuracoes"), chromedp.SetUploadFiles(chromedp.CSS("#f-logo"), []string{logo}))
		v.presses("upload it", "form.sheet .buttons button")
		v.does("see the logo", chromedp.WaitVisible(chromedp.CSS("img.logo")))
		if wide := ask(v, "measure the logo", chromedp.Evaluate[int](`document.querySelector("img.logo").naturalWidth`)); wide != 64 {
			t.Errorf("%s: the logo is %d wide, want 64", tenant.Name, wide)
		}

		for _, other := range seed.Tenants {
			if other.Name == tenant.Name {
				continue
			}
			if where, _ := v.opens(site(other.Host()) + "admin/"); !strings.Contains(where, other.Host()) || !strings.Contains(where, "/admin/entrar") {
				t.Errorf("who is signed in to %s is led to %s by %s", tenant.Name, where, other.Name)
			}
			if path := made[other.Name]; path != "" {
				if _, text := v.opens(strings.TrimSuffix(site(tenant.Host()), "/") + path); strings.Contains(text, "Zuleica") || !strings.Contains(text, "Não encontrado") {
					t.Errorf("%s sees %s's patient:\n%.500s", tenant.Name, other.Name, text)
				}
			}
		}
		_, found := v.opens(site(tenant.Host()) + "admin/busca?q=Zuleica")
		if !strings.Contains(found, name) {
			t.Errorf("%s does not find its patient:\n%.500s", tenant.Name, found)
		}
		for _, other := range seed.Tenants {
			if other.Name != tenant.Name && strings.Contains(found, "Zuleica "+other.Name) {
				t.Errorf("%s finds what is %s's:\n%.500s", tenant.Name, other.Name, found)
			}
		}

		v.does("sign out", chromedp.Navigate(site(tenant.Host())+"admin/"), chromedp.Click(chromedp.CSS("details.me summary")))
		v.presses("leave", `form[action="/admin/sair"] button`)
		if where, _ := v.opens(site(tenant.Host()) + strings.TrimPrefix(path.Dir(made[tenant.Name]), "/") + "/"); !strings.Contains(where, "/admin/entrar") {
			t.Errorf("after signing out, %s shows %s", tenant.Name, where)
		}
	}
	if len(made) < 2 {
		t.Errorf("%d tenants were visited", len(made))
	}
}

// picture writes a PNG, 64 by 64.
func picture(t *testing.T, path string) {
	t.Helper()
	pixels := image.NewRGBA(image.Rect(0, 0, 64, 64))
	for x := range 64 {
		for y := range 64 {
			pixels.Set(x, y, color.RGBA{R: uint8(4 * x), G: uint8(4 * y), B: 120, A: 255})
		}
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, pixels); err != nil {
		t.Fatal(err)
	}
}
