package dashboard

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/avila-devops/saas/apps/internal/brand"
	"github.com/avila-devops/saas/apps/internal/files"
)

const (
	logoFolder = "marca"
	// maxForm bounds the settings' form, its logo included; web bounds it too.
	maxForm = 1 << 20
)

var (
	logoTypes    = []string{"image/png", "image/jpeg", "image/webp"}
	featureNames = map[string]string{"clinica": "Clínica", "reciclagem": "Reciclagem", "fiscal": "Fiscal", "site": "Site"}
	zoneNames    = map[string]string{"America/Sao_Paulo": "Brasília", "America/Manaus": "Manaus", "America/Rio_Branco": "Rio Branco", "America/Noronha": "Fernando de Noronha"}
)

type settingsView struct {
	Form     brand.Brand
	Features []option
	Zones    []option
	Logo     string
	Problems brand.Invalid
	Write    bool
}

func (d *Dashboard) settings(v *visit) error { return d.showSettings(v, http.StatusOK, v.brand, nil) }

func (d *Dashboard) showSettings(v *visit, code int, form brand.Brand, wrong brand.Invalid) error {
	view := settingsView{Form: form, Problems: wrong, Write: v.may("settings.write"), Logo: logoPath(v.brand)}
	for _, f := range brand.Features {
		view.Features = append(view.Features, option{f, featureNames[f], form.Uses(f)})
	}
	for _, z := range brand.Zones {
		view.Zones = append(view.Zones, option{z, zoneNames[z], z == form.Zone})
	}
	return d.render(v, code, "settings", "Configurações", view)
}

func (d *Dashboard) saveSettings(v *visit) error {
	if err := v.ParseMultipartForm(maxForm); err != nil {
		return d.showSettings(v, http.StatusUnprocessableEntity, v.brand, brand.Invalid{"logo": "o formulário não pôde ser lido; o logotipo deve ter menos de 1 MB"})
	}
	form := brand.Brand{Name: strings.Join(strings.Fields(v.PostFormValue("name")), " "), Colour: strings.ToLower(v.PostFormValue("colour")), Zone: v.PostFormValue("zone"), Features: v.PostForm["features"], Logo: v.brand.Logo}
	if form.Features == nil {
		form.Features = []string{}
	}
	wrong := brand.Invalid{}
	if err := form.Check(); err != nil && !errors.As(err, &wrong) {
		return err //nolint:wrapcheck // Check says it by field
	}
	if v.PostFormValue("nologo") != "" {
		form.Logo = ""
	}
	old := v.brand.Logo
	if len(wrong) == 0 {
		if err := d.upload(v, &form); err != nil {
			if !errors.Is(err, files.ErrRefused) {
				return err
			}
			wrong["logo"] = err.Error()
		}
	}
	if len(wrong) > 0 {
		return d.showSettings(v, http.StatusUnprocessableEntity, form, wrong)
	}
	if err := d.api.Brand.Save(v.Context(), v.tenant.ID, form); err != nil {
		return err //nolint:wrapcheck // it says what was attempted
	}
	if err := d.api.Audit.Note(v.Context(), v.tenant.ID, v.who.User, "changed", "settings", nil); err != nil {
		return err //nolint:wrapcheck // as above
	}
	if old != "" && old != form.Logo {
		if err := d.files.Delete(v.Context(), v.tenant.ID, old); err != nil && !errors.Is(err, files.ErrNotFound) {
			d.log.Warn("dashboard: an old logo is left", "tenant", v.tenant.Name, "problem", err.Error())
		}
	}
	v.notice("saved", 0)
	return v.see(Root + "configuracoes")
}

// upload stores a new logo, if there is one.
func (d *Dashboard) upload(v *visit, form *brand.Brand) error {
	file, head, err := v.FormFile("logo")
	if errors.Is(err, http.ErrMissingFile) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the logo: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	if !slices.Contains(logoTypes, head.Header.Get("Content-Type")) {
		return fmt.Errorf("%w: o logotipo deve ser uma imagem PNG, JPEG ou WebP", files.ErrRefused)
	}
	o, err := d.files.Upload(v.Context(), v.tenant.ID, files.Upload{Folder: logoFolder, Filename: head.Filename, Type: head.Header.Get("Content-Type"), Content: file})
	if err != nil {
		return err //nolint:wrapcheck // it says why, for people
	}
	form.Logo = o.Name
	return nil
}

// logoPath is where the logo is; its name changes with it.
func logoPath(b brand.Brand) string {
	if b.Logo == "" {
		return ""
	}
	return Root + "logotipo?v=" + strings.TrimPrefix(b.Logo, logoFolder+"/")
}

// theme answers with the tenant's colours. The address changes with them.
func (d *Dashboard) theme(v *visit) error {
	v.w.Header().Set("Content-Type", "text/css; charset=utf-8")
	v.w.Header().Set("Cache-Control", "public, max-age=3600")
	_, _ = v.w.Write(v.brand.Stylesheet()) // the client's connection is its own affair
	return nil
}

// logo answers with the tenant's own image, whatever the address says.
func (d *Dashboard) logo(v *visit) error {
	if v.brand.Logo == "" {
		d.Problem(v.w, v.Request, http.StatusNotFound)
		return nil
	}
	content, o, err := d.files.Open(v.Context(), v.tenant.ID, v.brand.Logo)
	if errors.Is(err, files.ErrNotFound) || err == nil && !slices.Contains(logoTypes, o.Type) {
		d.Problem(v.w, v.Request, http.StatusNotFound)
		return nil
	}
	if err != nil {
		return err //nolint:wrapcheck // it says what was read
	}
	defer func() { _ = content.Close() }() // it was only read
	v.w.Header().Set("Content-Type", o.Type)
	v.w.Header().Set("Content-Length", strconv.FormatInt(o.Size, 10))
	v.w.Header().Set("Cache-Control", "public, max-age=3600")
	_, _ = io.Copy(v.w, content) // as in theme
	return nil
}
