package spec

import (
	"fmt"
	"net/netip"
	"strings"
)

// RegionName is the name of a Google Cloud region.
type RegionName string

// A Place says what the law makes of a region's country.
type Place struct {
	Country string
	Short   string // names resources whose names must be short
	// Adequate: data of Brazilian patients may be kept there without a further
	// legal basis: Brazil itself, and the European Union, whose law Brazil and
	// the Union recognise as equivalent. Elsewhere LGPD art. 33 wants a basis.
	Adequate bool
}

// Places holds the regions where an environment may run.
var Places = map[RegionName]Place{
	"southamerica-east1": {Country: "Brazil", Short: "sae1", Adequate: true},
	"southamerica-west1": {Country: "Chile", Short: "saw1"},
	"europe-west1":       {Country: "Belgium", Short: "euw1", Adequate: true},
	"europe-west3":       {Country: "Germany", Short: "euw3", Adequate: true},
	"europe-west4":       {Country: "Netherlands", Short: "euw4", Adequate: true},
	"europe-west9":       {Country: "France", Short: "euw9", Adequate: true},
	"europe-southwest1":  {Country: "Spain", Short: "eusw1", Adequate: true},
}

// Region is one region of an environment.
type Region struct {
	Name  RegionName `config:"name"`
	CIDR  string     `config:"cidr"`
	Zones []string   `config:"zones"`
	// TransferBasis documents why personal data may leave Brazil and the Union
	// for this region (LGPD art. 33). Required where the place is not Adequate.
	TransferBasis string `config:"transferBasis"`
}

// Short abbreviates the region where a name has little room.
func (r Region) Short() string { return Places[r.Name].Short }

// zonesPerRegion is how many zones a regional cluster spreads over. Zones are
// written down because the names of the load balancer's endpoint groups and
// the spread of replicas depend on them.
const zonesPerRegion = 3

func validateRegions(ps *problems, regions []Region) {
	path := key("regions")
	if len(regions) == 0 {
		ps.add(ErrMissing, path, "", "is missing", "list at least the primary region")
		return
	}
	seen := map[RegionName]int{}
	blocks := make([]netip.Prefix, len(regions))
	for i, r := range regions {
		at := fmt.Sprintf("%s[%d]", path, i)
		oneOf(ps, at+".name", r.Name, sortedKeys(Places))
		if first, twice := seen[r.Name]; twice && r.Name != "" {
			ps.add(ErrDuplicate, at+".name", string(r.Name), fmt.Sprintf("is already %s[%d]", path, first), "list each region once")
		} else {
			seen[r.Name] = i
		}
		blocks[i] = validateBlock(ps, at+".cidr", r.CIDR)
		for j := range i {
			if blocks[i].IsValid() && blocks[j].IsValid() && blocks[i].Overlaps(blocks[j]) {
				ps.add(ErrOverlap, at+".cidr", r.CIDR, fmt.Sprintf("overlaps %s[%d].cidr %s", path, j, regions[j].CIDR),
					fmt.Sprintf("give each region a /%d of its own", regionBits))
			}
		}
		validateZones(ps, at+".zones", r)
		if place, known := Places[r.Name]; known && !place.Adequate && strings.TrimSpace(r.TransferBasis) == "" {
			ps.add(ErrMissing, at+".transferBasis", "", fmt.Sprintf("is missing: %s is in %s", r.Name, place.Country),
				"write the basis under LGPD art. 33 for keeping personal data there, or choose a region in Brazil or the European Union")
		}
	}
}

func validateZones(ps *problems, path string, r Region) {
	if len(r.Zones) != zonesPerRegion {
		ps.add(ErrInvalid, path, strings.Join(r.Zones, ", "), fmt.Sprintf("has %d zones", len(r.Zones)),
			fmt.Sprintf("list %d zones of %s", zonesPerRegion, r.Name))
	}
	seen := map[string]bool{}
	for i, zone := range r.Zones {
		at := fmt.Sprintf("%s[%d]", path, i)
		letter, ok := strings.CutPrefix(zone, string(r.Name)+"-")
		if !ok || len(letter) != 1 || letter[0] < 'a' || letter[0] > 'f' {
			ps.add(ErrInvalid, at, zone, "is not a zone of "+string(r.Name), fmt.Sprintf("write it like %s-a", r.Name))
		}
		if seen[zone] {
			ps.add(ErrDuplicate, at, zone, "is listed twice", "list each zone once")
		}
		seen[zone] = true
	}
}
