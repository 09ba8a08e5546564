package cloudsql

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/avila-devops/saas/policies/control"
)

// StackControls are the area's controls over a whole stack. What the program
// says of an instance in labels: role, pool-writes, pool-reads, pool-reserve
// and lost-region; stacks/spec writes them.
var StackControls = []control.StackControl{
	{
		ID:     "cloudsql-replicas",
		Title:  "A primary of production has a replica in its own region and one in another, or says which region is out",
		Source: "Ávila R4, E3",
		Remedy: "list the regions in saas:regions; during a failover its state lost says that a region is out",
		Judge:  replicasEverywhere,
	},
	{
		ID:     "cloudsql-pools-fit",
		Title:  "All poolers together fit under the connection limit of each instance",
		Source: "Ávila R4",
		Remedy: "use smaller saas:pooler pools, fewer poolers, or a larger saas:database.tier",
		Judge:  poolsFit,
	},
}

func label(r control.Resource, name string) string {
	text, _ := control.Text(r.Properties, "settings", "userLabels", name)
	return text
}

// regionOf is an instance's region, empty while it is not known.
func regionOf(r control.Resource) string {
	text, _ := control.Text(r.Properties, "region")
	return text
}

// replicas are the instances that replicate another. A master whose name is
// not known yet may be any: the update judges it.
func replicas(stack control.Stack, primary control.Resource) (found []control.Resource, known bool) {
	name, named := control.Text(primary.Properties, "name")
	for _, r := range stack.Of(instanceType) {
		master, told := control.Text(r.Properties, "masterInstanceName")
		if !told || !named || name == "" {
			return nil, false
		}
		if master == name {
			found = append(found, r)
		}
	}
	return found, true
}

func replicasEverywhere(stack control.Stack) []control.StackFinding {
	var findings []control.StackFinding
	var lost []string
	for _, r := range stack.Of(instanceType) {
		lost = append(lost, strings.Split(label(r, "lost-region"), "_")...)
	}
	for _, r := range stack.Of(instanceType) {
		environment, _ := control.Text(r.Properties, "settings", "userLabels", "environment")
		regional := environment == "prod" || strings.Contains(r.URN, ":prod::")
		if label(r, "role") != "primary" || !regional || slices.Contains(lost, regionOf(r)) {
			continue
		}
		all, known := replicas(stack, r)
		if !known {
			continue
		}
		own := slices.ContainsFunc(all, func(other control.Resource) bool { return regionOf(other) == regionOf(r) })
		abroad := slices.ContainsFunc(all, func(other control.Resource) bool { return regionOf(other) != regionOf(r) })
		if !own {
			findings = append(findings, r.Finding("region", "has no replica in "+regionOf(r)))
		}
		if !abroad && label(r, "lost-region") == "" {
			findings = append(findings, r.Finding("region", "has no replica in another region"))
		}
	}
	return findings
}

// poolsFit adds up, for a primary, the poolers of every region that has an
// instance: each writes to it.
func poolsFit(stack control.Stack) []control.StackFinding {
	var findings []control.StackFinding
	regions := map[string]bool{}
	for _, r := range stack.Of(instanceType) {
		regions[regionOf(r)] = true
	}
	for _, r := range stack.Of(instanceType) {
		limit, limited := connections(r)
		if !limited {
			findings = append(findings, r.Finding("settings.databaseFlags", "sets no max_connections"))
			continue
		}
		writes, reads, reserve := count(r, "pool-writes"), count(r, "pool-reads"), count(r, "pool-reserve")
		need := reads + reserve
		if label(r, "role") == "primary" {
			need = len(regions)*writes + reserve
		}
		switch {
		case writes == 0 || reads == 0 || reserve == 0:
			findings = append(findings, r.Finding("settings.userLabels", "does not say pool-writes, pool-reads and pool-reserve"))
		case need > limit:
			findings = append(findings, r.Finding("settings.databaseFlags", fmt.Sprintf("allows %d connections, and the poolers may hold %d", limit, need)))
		}
	}
	return findings
}

func count(r control.Resource, name string) int {
	n, err := strconv.Atoi(label(r, name))
	if err != nil {
		return 0
	}
	return n
}

// connections is the flag max_connections.
func connections(r control.Resource) (int, bool) {
	for _, entry := range control.List(r.Properties, "settings", "databaseFlags") {
		if !entry.IsMap() || !entry.AsMap().Get("name").IsString() || entry.AsMap().Get("name").AsString() != "max_connections" {
			continue
		}
		if value := entry.AsMap().Get("value"); value.IsString() {
			n, err := strconv.Atoi(value.AsString())
			return n, err == nil
		}
	}
	return 0, false
}
