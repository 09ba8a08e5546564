package chart_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/avila-devops/saas/apps/internal/chart"
)

var sample = chart.Chart{ID: "c", Title: "Por <dia>", Unit: "Agendamentos", Every: 2, Points: []chart.Point{{Label: "01/12", Value: 3}, {Label: "02/12", Value: 7, Mark: true}, {Label: "03/12"}}}

func drawn(t *testing.T, c chart.Chart) map[string]string {
	t.Helper()
	columns, err := c.Columns()
	if err != nil {
		t.Fatal(err)
	}
	bars, err := c.Bars()
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{"columns": string(columns), "bars": string(bars)}
}

func TestAChartIsWellFormedAndSaysWhatItShows(t *testing.T) {
	t.Parallel()
	for name, text := range drawn(t, sample) {
		d := xml.NewDecoder(strings.NewReader(text))
		for {
			_, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v in\n%s", name, err, text)
			}
		}
		for _, want := range []string{`role="img"`, `aria-labelledby="c-t c-d"`, "Por &lt;dia&gt;</title>", "Total de 10; o maior valor é 7, em 02/12.", `<th scope="row">02/12</th><td class="num">7</td>`} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %s", name, want)
			}
		}
		if strings.Contains(text, `<p class="soft">`) {
			t.Errorf("%s says that it is empty", name)
		}
		if strings.Contains(text, "style=") || strings.Contains(text, "<script") {
			t.Errorf("%s has what the pages' policy refuses", name)
		}
	}
}

func TestTheHighestColumnReachesNoFurtherThanTheTopLine(t *testing.T) {
	t.Parallel()
	text := drawn(t, sample)["columns"]
	for _, want := range []string{`<rect class="mark" x="201.2" y="31" width="105.6" height="133"`, `>8</text>`, `>4</text>`} {
		if !strings.Contains(text, want) {
			t.Errorf("lacks %s in\n%s", want, text)
		}
	}
}

func TestAChartOfNothingIsDrawn(t *testing.T) {
	t.Parallel()
	for name, text := range drawn(t, chart.Chart{ID: "n", Title: "Nada"}) {
		if !strings.Contains(text, `<p class="soft">Ainda não há números.</p>`) || strings.Contains(text, "NaN") {
			t.Errorf("%s: %s", name, text)
		}
	}
}
