package files

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"mime"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// inspect judges an upload by its name, its declared type and its first bytes,
// which must agree, and returns its content again from the first byte.
func inspect(u Upload, most int64) (filename string, k kind, content io.Reader, err error) {
	filename = title(u.Filename)
	ext := strings.ToLower(path.Ext(filename))
	if other, ok := same[ext]; ok {
		ext = other
	}
	for _, each := range kinds {
		if each.ext == ext {
			k = each
		}
	}
	if k.ext == "" {
		return "", k, nil, fmt.Errorf("%w: o nome deve terminar em %s", ErrRefused, strings.ReplaceAll(Accept(), ",", ", "))
	}
	declared, _, err := mime.ParseMediaType(u.Type)
	if other, ok := same[declared]; ok && declared != k.mime {
		declared = other
	}
	if err != nil || declared != k.mime {
		return "", k, nil, fmt.Errorf("%w: o tipo informado não é o de um arquivo %s", ErrRefused, k.ext)
	}
	in := bufio.NewReaderSize(&limited{from: u.Content, left: most, most: most}, 4096)
	first, err := in.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", k, nil, fmt.Errorf("files: read the upload: %w", err)
	}
	if len(first) == 0 {
		return "", k, nil, fmt.Errorf("%w: o arquivo está vazio", ErrRefused)
	}
	if !k.begins(first) {
		return "", k, nil, fmt.Errorf("%w: o conteúdo não é o de um arquivo %s", ErrRefused, k.ext)
	}
	return filename, k, in, nil
}

// title makes a user's file name fit to be shown: the part after the last
// slash of either kind, without what controls a terminal or the direction of
// text, at most 120 bytes, its ending kept.
func title(name string) string {
	name = strings.ToValidUTF8(name, "")
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name = norm.NFC.String(name)
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || strings.ContainsRune(`"<>:|?*;%`, r) {
			return -1
		}
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, name)
	name = strings.Trim(norm.NFC.String(name), " .") // what stood between two characters may have kept them apart
	if name == "" {
		return "arquivo"
	}
	if len(name) <= 120 {
		return name
	}
	ext := path.Ext(name)
	if len(ext) > 10 {
		ext = ""
	}
	return strings.TrimRight(whole(name, 120-len(ext)), " .") + ext
}

// whole cuts at a character.
func whole(s string, most int) string {
	for len(s) > most {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}

// disposition makes browsers save a file under its name, not show it (RFC 6266).
func disposition(filename string) string {
	return mime.FormatMediaType("attachment", map[string]string{"filename": title(filename)})
}

// limited reads at most so many bytes, and fails at the next.
type limited struct {
	from io.Reader
	left int64
	most int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left < 0 {
		return 0, l.tooLarge()
	}
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.from.Read(p)
	l.left -= int64(n)
	if l.left < 0 {
		return n - 1, l.tooLarge()
	}
	return n, err //nolint:wrapcheck // the reader's contract: its error as it is
}

func (l *limited) tooLarge() error {
	return fmt.Errorf("%w: o arquivo tem mais de %d KiB", ErrRefused, l.most/1024)
}
