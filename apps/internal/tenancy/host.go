package tenancy

import (
	"fmt"
	"strings"
)

const (
	longestHost  = 253
	longestLabel = 63
)

// ParseHost returns the host name of a Host header: the port is stripped and
// ASCII letters are made small. Browsers send other letters as punycode, so a
// byte that is not ASCII is refused, and nothing can fold into another host.
func ParseHost(header string) (string, error) {
	if len(header) > longestHost+1+6 { // a last dot, and a port
		return "", fmt.Errorf("%w: it has %d bytes", ErrHost, len(header))
	}
	host, port, hasPort := strings.Cut(header, ":")
	if hasPort && !isPort(port) {
		return "", fmt.Errorf("%w: %q has no port between 1 and 65535 after its colon", ErrHost, header)
	}
	host = strings.TrimSuffix(host, ".") // the root, which a resolver allows
	if host == "" || len(host) > longestHost {
		return "", fmt.Errorf("%w: %q", ErrHost, header)
	}
	folded := make([]byte, 0, len(host))
	for label := range strings.SplitSeq(host, ".") {
		if len(label) == 0 || len(label) > longestLabel || label[0] == '-' || label[len(label)-1] == '-' {
			return "", fmt.Errorf("%w: %q has the label %q", ErrHost, header, label)
		}
		if len(folded) > 0 {
			folded = append(folded, '.')
		}
		for _, c := range []byte(label) {
			switch {
			case c >= 'A' && c <= 'Z':
				c += 'a' - 'A'
			case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c == '-':
			default:
				return "", fmt.Errorf("%w: %q has a character that no host name has", ErrHost, header)
			}
			folded = append(folded, c)
		}
	}
	return string(folded), nil
}

func isPort(text string) bool {
	if text == "" || len(text) > 5 || text[0] == '0' {
		return false
	}
	number := 0
	for _, c := range []byte(text) {
		if c < '0' || c > '9' {
			return false
		}
		number = number*10 + int(c-'0')
	}
	return number <= 65535
}
