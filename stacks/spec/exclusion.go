package spec

import (
	"fmt"
	"regexp"
	"time"
)

// Exclusion is a time in which GKE leaves a cluster alone.
type Exclusion struct {
	Name  string `config:"name"`
	Start string `config:"start"` // RFC 3339, UTC: 2026-12-18T00:00:00Z
	End   string `config:"end"`
	Scope string `config:"scope"` // NO_UPGRADES unless set
}

// ExclusionScopes are what an exclusion may hold back, the most first.
var ExclusionScopes = []string{"NO_UPGRADES", "NO_MINOR_OR_NODE_UPGRADES", "NO_MINOR_UPGRADES"}

// GKE's limits: an exclusion of all upgrades lasts at most 30 days, and a
// cluster has at most three of those at a time.
// https://cloud.google.com/kubernetes-engine/docs/concepts/maintenance-windows-and-exclusions
const (
	longestFreeze = 30 * 24 * time.Hour
	mostFreezes   = 3
)

var exclusionName = regexp.MustCompile(`^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`)

func (e *Exclusion) applyDefaults() { setDefault(&e.Scope, ExclusionScopes[0]) }

func validateExclusions(ps *problems, path string, exclusions []Exclusion) {
	seen, freezes := map[string]int{}, 0
	for i, e := range exclusions {
		at := fmt.Sprintf("%s[%d]", path, i)
		match(ps, at+".name", e.Name, exclusionName, "is not an exclusion's name", "use lower-case letters, digits and hyphens")
		if first, twice := seen[e.Name]; twice && e.Name != "" {
			ps.add(ErrDuplicate, at+".name", e.Name, fmt.Sprintf("is already %s[%d]", path, first), "name each exclusion differently")
		}
		seen[e.Name] = i
		oneOf(ps, at+".scope", e.Scope, ExclusionScopes)
		start, startOK := moment(ps, at+".start", e.Start)
		end, endOK := moment(ps, at+".end", e.End)
		if !startOK || !endOK {
			continue
		}
		if !end.After(start) {
			ps.add(ErrInvalid, at+".end", e.End, "is not after its start", "let it end later than "+e.Start)
		}
		if e.Scope == ExclusionScopes[0] {
			freezes++
			if end.Sub(start) > longestFreeze {
				ps.add(ErrInvalid, at+".end", e.End, "is more than 30 days after its start", "end it by "+start.Add(longestFreeze).Format(time.RFC3339)+", or use scope NO_MINOR_UPGRADES")
			}
		}
	}
	if freezes > mostFreezes {
		ps.add(ErrInvalid, path, fmt.Sprint(freezes), "is too many exclusions of NO_UPGRADES", fmt.Sprintf("keep at most %d", mostFreezes))
	}
}

func moment(ps *problems, path, text string) (time.Time, bool) {
	const remedy = "write UTC like 2026-12-18T00:00:00Z"
	if text == "" {
		ps.add(ErrMissing, path, "", "is missing", remedy)
		return time.Time{}, false
	}
	t, err := time.Parse("2006-01-02T15:04:05Z", text)
	if err != nil {
		ps.add(ErrInvalid, path, text, "is not a moment in UTC", remedy)
	}
	return t, err == nil
}
