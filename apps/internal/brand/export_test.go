package brand

// Contrast is that of two colours.
func Contrast(a, b string) float64 { return contrast(parse(a), parse(b)) }
