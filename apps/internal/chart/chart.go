// Package chart draws numbers as SVG for pages without scripts and without
// inline styles: shapes carry classes, and the pages' stylesheet colours them.
// Each chart has a title and a description for those who do not see it, and its
// numbers as a table. It knows no number's meaning.
package chart

import (
	"fmt"
	"html/template"
	"math"
	"strings"
)

// Point is one number.
type Point struct {
	Label string
	Value int
	Mark  bool // drawn apart from the others, such as today
}

// Chart is what is drawn.
type Chart struct {
	ID     string // unique within the page
	Title  string
	Unit   string // what is counted, for the table's heading
	Points []Point
	Every  int // columns: each so many have their label below; 1 when 0
}

// The size of a drawing, in its own units.
const (
	width, height  = 480, 190
	left, top      = 34, 12
	right, bottom  = 6, 26
	rowHeight, bar = 30, 14
	barLeft        = 130
)

type column struct {
	X, Y, W, H, Middle float64
	Class, Label       string
	Point
}

type line struct {
	Y     float64
	Label int
}

type row struct {
	Y, TextY, W, ValueX float64
	Point
}

type drawing struct {
	Chart
	Description        string
	Width, Height      int
	Left, Right, Below float64
	Columns            []column
	Lines              []line
	Rows               []row
	BarLeft, Bar       int
	Most               int // 0: there is nothing to be seen, which is said
}

var pages = template.Must(template.New("").Parse(`{{define "begin"}}<figure class="chart"><figcaption>{{.Title}}</figcaption>
<svg viewBox="0 0 {{.Width}} {{.Height}}" role="img" aria-labelledby="{{.ID}}-t {{.ID}}-d"><title id="{{.ID}}-t">{{.Title}}</title><desc id="{{.ID}}-d">{{.Description}}</desc>{{end}}
{{define "end"}}</svg>{{if not .Most}}
<p class="soft">{{.Description}}</p>{{end}}
<details><summary>Ver como tabela</summary><table><thead><tr><th scope="col">Item</th><th scope="col" class="num">{{.Unit}}</th></tr></thead><tbody>
{{range .Points}}<tr><th scope="row">{{.Label}}</th><td class="num">{{.Value}}</td></tr>
{{end}}</tbody></table></details></figure>{{end}}
{{define "columns"}}{{template "begin" .}}
{{range .Lines}}<line class="grid" x1="{{$.Left}}" x2="{{$.Right}}" y1="{{.Y}}" y2="{{.Y}}"/><text class="tick" x="{{$.Left}}" dx="-6" y="{{.Y}}" dy="4" text-anchor="end">{{.Label}}</text>
{{end}}{{range .Columns}}<rect class="{{.Class}}" x="{{.X}}" y="{{.Y}}" width="{{.W}}" height="{{.H}}" rx="1.5"/>{{if .Label}}<text class="tick" x="{{.Middle}}" y="{{$.Below}}" text-anchor="middle">{{.Label}}</text>{{end}}
{{end}}{{template "end" .}}{{end}}
{{define "bars"}}{{template "begin" .}}
{{range .Rows}}<text class="name" x="{{$.BarLeft}}" dx="-8" y="{{.TextY}}" text-anchor="end">{{.Label}}</text><rect class="{{if .Mark}}mark{{else}}fill{{end}}" x="{{$.BarLeft}}" y="{{.Y}}" width="{{.W}}" height="{{$.Bar}}" rx="2"/><text class="value" x="{{.ValueX}}" y="{{.TextY}}">{{.Value}}</text>
{{end}}{{template "end" .}}{{end}}`))

// Columns draws points side by side, such as days.
func (c Chart) Columns() (template.HTML, error) {
	most := ceiling(c.most())
	d := drawing{Chart: c, Description: c.describe(), Width: width, Height: height, Left: left, Right: width - right, Below: height - bottom + 16}
	room := float64(height - top - bottom)
	for _, share := range []float64{0, .5, 1} {
		d.Lines = append(d.Lines, line{round(top + room*(1-share)), int(float64(most) * share)})
	}
	step := float64(width-left-right) / float64(max(1, len(c.Points)))
	for i, p := range c.Points {
		h := round(room * float64(p.Value) / float64(most))
		x := left + step*float64(i)
		each := column{X: round(x + step*.14), Y: round(top + room - h), W: round(step * .72), H: h, Middle: round(x + step/2), Class: "fill", Point: p}
		if p.Mark {
			each.Class = "mark"
		}
		if i%max(1, c.Every) == 0 {
			each.Label = p.Label
		}
		d.Columns = append(d.Columns, each)
	}
	return d.draw("columns")
}

// Bars draws points below each other, such as kinds.
func (c Chart) Bars() (template.HTML, error) {
	most := max(1, c.most())
	d := drawing{Chart: c, Description: c.describe(), Width: width, Height: max(1, len(c.Points)) * rowHeight, BarLeft: barLeft, Bar: bar}
	for i, p := range c.Points {
		y := float64(i*rowHeight) + (rowHeight-bar)/2.0
		w := round(float64(width-barLeft-50) * float64(p.Value) / float64(most))
		d.Rows = append(d.Rows, row{Y: y, TextY: y + bar - 2, W: max(w, 1), ValueX: barLeft + max(w, 1) + 7, Point: p})
	}
	return d.draw("bars")
}

func (d drawing) draw(kind string) (template.HTML, error) {
	d.Most = d.most()
	var out strings.Builder
	if err := pages.ExecuteTemplate(&out, kind, d); err != nil {
		return "", fmt.Errorf("draw the chart %s: %w", d.ID, err)
	}
	return template.HTML(out.String()), nil //nolint:gosec // the template has escaped what came in
}

func (c Chart) most() (most int) {
	for _, p := range c.Points {
		most = max(most, p.Value)
	}
	return most
}

// describe says in a sentence what a glance shows.
func (c Chart) describe() string {
	sum, highest := 0, Point{}
	for _, p := range c.Points {
		if sum += p.Value; p.Value > highest.Value {
			highest = p
		}
	}
	if highest.Value == 0 {
		return "Ainda não há números."
	}
	return fmt.Sprintf("Total de %d; o maior valor é %d, em %s.", sum, highest.Value, highest.Label)
}

// ceiling is the next even number of one digit that counts, so that the middle
// line has a whole number.
func ceiling(most int) int {
	if most <= 2 {
		return 2
	}
	scale := int(math.Pow(10, math.Floor(math.Log10(float64(most)))))
	for _, factor := range []int{2, 4, 6, 8, 10} {
		if factor*scale >= most {
			return factor * scale
		}
	}
	return most
}

func round(x float64) float64 { return math.Round(x*10) / 10 }
