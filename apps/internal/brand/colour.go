package brand

import (
	"fmt"
	"math"
	"strconv"
)

// rgb is a colour's parts, of 0 to 1.
type rgb [3]float64

func parse(colour string) rgb {
	n, err := strconv.ParseUint(colour[1:], 16, 32)
	if err != nil {
		return rgb{}
	}
	return rgb{float64(n>>16&255) / 255, float64(n>>8&255) / 255, float64(n&255) / 255}
}

func (c rgb) String() string {
	return fmt.Sprintf("#%02x%02x%02x", int(math.Round(c[0]*255)), int(math.Round(c[1]*255)), int(math.Round(c[2]*255)))
}

// luminance is how bright a colour is, by WCAG 2.
func (c rgb) luminance() float64 {
	sum := 0.0
	for i, weight := range []float64{.2126, .7152, .0722} {
		part := c[i] / 12.92
		if c[i] > .04045 {
			part = math.Pow((c[i]+.055)/1.055, 2.4)
		}
		sum += weight * part
	}
	return sum
}

func contrast(a, b rgb) float64 {
	one, two := a.luminance()+.05, b.luminance()+.05
	return max(one, two) / min(one, two)
}

// mix goes from one colour towards another.
func mix(from, to rgb, share float64) (out rgb) {
	for i := range out {
		out[i] = from[i] + (to[i]-from[i])*share
	}
	return out
}

// legible moves a colour towards black or white until texts of it can be read
// on a ground, as WCAG 2 AA has it.
func legible(c, ground rgb) rgb {
	to := rgb{}
	if ground.luminance() < .5 {
		to = rgb{1, 1, 1}
	}
	for share := 0.0; share < 1; share += .04 {
		if shade := mix(c, to, share); contrast(shade, ground) >= 4.5 {
			return shade
		}
	}
	return to
}

// The grounds of pages.
var light, dark = parse("#ffffff"), parse("#161c1a")

// Stylesheet writes the brand's colours as the custom properties --brand and
// --brand-ink, for pages of light ground and of dark, whatever colour was
// chosen: what is written in it or on it can be read.
func (b Brand) Stylesheet() []byte {
	chosen := Colour
	if colourForm.MatchString(b.Colour) {
		chosen = b.Colour
	}
	shade := func(ground rgb) (brand, ink rgb) {
		brand = legible(parse(chosen), ground)
		if ink = (rgb{1, 1, 1}); contrast(ink, brand) < 4.5 {
			ink = rgb{}
		}
		return brand, ink
	}
	day, dayInk := shade(light)
	night, nightInk := shade(dark)
	return fmt.Appendf(nil, ":root{--brand:%s;--brand-ink:%s}\n@media (prefers-color-scheme:dark){:root{--brand:%s;--brand-ink:%s}}\n", day, dayInk, night, nightInk)
}
