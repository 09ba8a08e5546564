package people

import "crypto/rand"

// NewPassword makes one that nobody guesses and that can be read aloud: 25
// letters and digits in groups.
func NewPassword() string {
	text := rand.Text()
	out := text[:5]
	for at := 5; at < 25; at += 5 {
		out += "-" + text[at:at+5]
	}
	return out
}
