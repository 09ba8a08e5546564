package gcp

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const (
	regularArmor = "CLOUD_ARMOR"
	edgeArmor    = "CLOUD_ARMOR_EDGE"
)

var armorRules = map[string]*rule{
	securityPolicyType: {
		api:      computeAPI,
		name:     autoname(63),
		id:       format("projects/{project}/global/securityPolicies/{name}"),
		defaults: map[string]any{"rules.description": ""},
		replaces: []string{"name", "project"},
		check:    checkArmor,
		update: func(o *op) error {
			if before, now := text(o.old.Properties, "type"), o.text("type"); now != "" && before != now {
				return invalid("make a new policy", "Invalid value for field 'resource.type': '%s'. The type of a policy cannot be changed from %s", now, before)
			}
			return nil
		},
		outputs: func(o *op) error {
			o.link()
			o.set("type", regularArmor)
			o.replace("fingerprint", fingerprint(o.id+o.stamp()))
			return nil
		},
	},
}

const (
	leastRulePriority  = 2147483647
	mostRangesInRule   = 10
	leastRateThreshold = 1
)

var (
	actionForm = regexp.MustCompile(`^(allow|throttle|rate_based_ban|redirect|deny\((403|404|429|502)\))$`)
	exceedForm = regexp.MustCompile(`^(redirect|deny\((403|404|429|502)\))$`)
	// https://cloud.google.com/compute/docs/reference/rest/v1/securityPolicies
	rateIntervals = []float64{10, 30, 60, 120, 180, 240, 270, 300, 600, 900, 1200, 1800, 2700, 3600}
)

// checkArmor judges the rules of a policy.
func checkArmor(in resource.PropertyMap) []problem {
	var problems []problem
	list := at(in, "rules")
	if !list.IsArray() {
		return nil
	}
	seen, last := map[float64]bool{}, false
	for i, v := range list.ArrayValue() {
		if !v.IsObject() {
			return problems // not known yet
		}
		r, path := v.ObjectValue(), fmt.Sprintf("rules[%d]", i)
		priority := number(r, "priority")
		switch {
		case unknown(r, "priority"):
			last = true
		case priority < 0 || priority > leastRulePriority:
			problems = append(problems, problem{path + ".priority", fmt.Sprintf("expected to be in the range (0 - %d), got %v", leastRulePriority, priority)})
		case seen[priority]:
			problems = append(problems, problem{path + ".priority", fmt.Sprintf("%v is another rule's: give each rule one of its own", priority)})
		}
		seen[priority] = true
		last = last || priority == leastRulePriority && slices.Equal(texts(r, "match.config.srcIpRanges"), []string{"*"})
		problems = append(problems, ruleProblems(r, path, text(in, "type"))...)
	}
	if !last {
		problems = append(problems, problem{"rules", fmt.Sprintf("the default rule is missing: add one of priority %d that matches *", leastRulePriority)})
	}
	return problems
}

func ruleProblems(r resource.PropertyMap, path, kind string) []problem {
	var problems []problem
	add := func(at, format string, args ...any) {
		problems = append(problems, problem{path + at, fmt.Sprintf(format, args...)})
	}
	action := text(r, "action")
	if action != "" && !actionForm.MatchString(action) {
		add(".action", "%q is not an action: use allow, deny(403), deny(404), deny(429), deny(502), redirect, throttle or rate_based_ban", clip(action))
	}
	if kind == edgeArmor && action != "" && action != "allow" && !exceedForm.MatchString(action) {
		add(".action", "an edge policy allows and denies only, got %q", action)
	}
	problems = append(problems, matchProblems(r, path)...)
	limits := action == "throttle" || action == "rate_based_ban"
	if limits != has(r, "rateLimitOptions") && action != "" {
		add(".rateLimitOptions", "must be set for throttle and rate_based_ban, and only then")
	}
	if !limits || !has(r, "rateLimitOptions") {
		return problems
	}
	if conform := text(r, "rateLimitOptions.conformAction"); conform != "allow" {
		add(".rateLimitOptions.conformAction", `expected "allow", got %q`, clip(conform))
	}
	if exceed := text(r, "rateLimitOptions.exceedAction"); !exceedForm.MatchString(exceed) {
		add(".rateLimitOptions.exceedAction", "%q is not an action: use deny(403), deny(404), deny(429), deny(502) or redirect", clip(exceed))
	}
	if count := number(r, "rateLimitOptions.rateLimitThreshold.count"); count < leastRateThreshold {
		add(".rateLimitOptions.rateLimitThreshold.count", "must be at least %d, got %v", leastRateThreshold, count)
	}
	if every := number(r, "rateLimitOptions.rateLimitThreshold.intervalSec"); !slices.Contains(rateIntervals, every) {
		add(".rateLimitOptions.rateLimitThreshold.intervalSec", "expected one of %v, got %v", rateIntervals, every)
	}
	if bans := has(r, "rateLimitOptions.banDurationSec"); bans != (action == "rate_based_ban") {
		add(".rateLimitOptions.banDurationSec", "must be set for rate_based_ban, and only then")
	}
	return problems
}

func matchProblems(r resource.PropertyMap, path string) []problem {
	var problems []problem
	if has(r, "match.expr") {
		return []problem{{path + ".match.expr", "the sandbox does not read Cloud Armor's expressions: match by versionedExpr SRC_IPS_V1"}}
	}
	ranges := texts(r, "match.config.srcIpRanges")
	if text(r, "match.versionedExpr") != "SRC_IPS_V1" || !has(r, "match.config") {
		return append(problems, problem{path + ".match", "set versionedExpr to SRC_IPS_V1 and config.srcIpRanges to whom it means"})
	}
	if list := at(r, "match.config.srcIpRanges"); list.IsArray() && (len(list.ArrayValue()) == 0 || len(list.ArrayValue()) > mostRangesInRule) {
		problems = append(problems, problem{path + ".match.config.srcIpRanges", fmt.Sprintf("a rule names 1 to %d ranges, not %d: spread them over several rules", mostRangesInRule, len(list.ArrayValue()))})
	}
	for _, value := range ranges {
		prefix, err := netip.ParsePrefix(value)
		if _, alone := netip.ParseAddr(value); value != "*" && alone != nil && (err != nil || prefix != prefix.Masked()) {
			problems = append(problems, problem{path + ".match.config.srcIpRanges", fmt.Sprintf("%q is neither *, an address nor a CIDR block", clip(value))})
		}
	}
	return problems
}

// checkArmorType refuses a policy of another type than its place wants.
func (o *op) checkArmorType(path, want string) error {
	value := o.text(path)
	if value == "" {
		return nil
	}
	policy, err := o.named(securityPolicyType, value)
	if err != nil || policy == nil {
		return err
	}
	if kind := text(policy.Properties, "type"); kind != want {
		return invalid("use a policy of type "+want, "Invalid value for field 'resource.%s': '%s'. The type of the policy is %s", path, policy.ID, kind)
	}
	return nil
}
