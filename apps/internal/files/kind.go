package files

import (
	"encoding/binary"
	"net/http"
	"slices"
	"strings"
)

// kind is a type of file that may be uploaded: how it ends, how browsers
// declare it, and what its first bytes look like. None is run by a browser.
type kind struct {
	ext, mime string
	sniffed   string
	folder    string // of a document of Office, which is a ZIP archive
}

var kinds = []kind{
	{".pdf", "application/pdf", "application/pdf", ""},
	{".png", "image/png", "image/png", ""},
	{".jpg", "image/jpeg", "image/jpeg", ""},
	{".webp", "image/webp", "image/webp", ""},
	{".txt", "text/plain", "text/plain", ""},
	{".csv", "text/csv", "text/plain", ""},
	{".xml", "text/xml", "text/xml", ""}, // fiscal documents
	{".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/zip", "word/"},
	{".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/zip", "xl/"},
}

// same are other ways to write what is in kinds.
var same = map[string]string{".jpeg": ".jpg", "application/xml": "text/xml", "application/vnd.ms-excel": "text/csv", "image/jpg": "image/jpeg"}

// Accept is the value of a file field's accept attribute.
func Accept() string {
	var all []string
	for _, k := range kinds {
		all = append(all, k.ext)
	}
	return strings.Join(all, ",")
}

// begins reports whether first bytes are those of a kind.
func (k kind) begins(first []byte) bool {
	sniffed, _, _ := strings.Cut(http.DetectContentType(first), ";")
	return sniffed == k.sniffed && (k.folder == "" || strings.HasPrefix(firstEntry(first), k.folder) ||
		slices.ContainsFunc(officeParts, func(part string) bool { return strings.HasPrefix(firstEntry(first), part) }))
}

// officeParts begin the names in every document of Office. One of them, or of
// the kind's own folder, is the first, whichever program wrote it.
var officeParts = []string{"[Content_Types].xml", "_rels/", "docProps/", "customXml/"}

// firstEntry is the name of the first file in a ZIP archive.
func firstEntry(first []byte) string {
	const length, name = 26, 30 // where they stand (APPNOTE 4.3.7)
	if len(first) < name {
		return ""
	}
	end := name + int(binary.LittleEndian.Uint16(first[length:]))
	return string(first[name:min(end, len(first))])
}
