package random

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// defaultSpecial are the special characters unless the program names others.
// https://registry.terraform.io/providers/hashicorp/random/latest/docs/resources/password
const defaultSpecial = "!@#$%&*()-_=+[]{}<>:?"

// class is a kind of character that a password may or must hold.
type class struct {
	flag, minimum resource.PropertyKey // the inputs that allow and demand it
	characters    string
	allowed       bool
	least         int
}

// rule is what a password is made by.
type rule struct {
	length  int
	classes []class
}

// parse reads the inputs, and says all that is wrong with them. What is not
// known yet is not judged.
func parse(inputs resource.PropertyMap) (rule, []plugin.CheckFailure) {
	r := rule{classes: []class{
		{flag: "lower", minimum: "minLower", characters: "abcdefghijklmnopqrstuvwxyz"},
		{flag: "upper", minimum: "minUpper", characters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
		{flag: "numeric", minimum: "minNumeric", characters: "0123456789"},
		{flag: "special", minimum: "minSpecial", characters: defaultSpecial},
	}}
	v := reader{inputs: inputs, read: map[resource.PropertyKey]bool{"keepers": true}}
	r.length = v.integer("length", 0)
	if _, ok := inputs["length"]; !ok {
		v.fail("length", "is required")
	} else if r.length < 1 && !v.unknown {
		v.fail("length", fmt.Sprintf("%d must be at least 1", r.length))
	}
	if special := v.text("overrideSpecial"); special != "" {
		r.classes[3].characters = special
	}
	number := v.boolean("number", true) // numeric's former name
	sum, any := 0, false
	for i := range r.classes {
		c := &r.classes[i]
		c.allowed = v.boolean(c.flag, c.flag != "numeric" || number)
		c.least = v.integer(c.minimum, 0)
		if c.least < 0 {
			v.fail(c.minimum, fmt.Sprintf("%d must not be negative", c.least))
		}
		sum += c.least
		any = any || c.allowed || c.least > 0
	}
	if !v.unknown && sum > r.length {
		v.fail("length", fmt.Sprintf("%d must be at least the sum of minLower, minUpper, minNumeric and minSpecial, which is %d", r.length, sum))
	}
	if !v.unknown && !any {
		v.fail("lower", "lower, upper, numeric and special are all false: allow one of them")
	}
	v.refuseOthers()
	return r, v.failures
}

// outputs are the values that the rule settled where the program said nothing.
func (r rule) outputs(inputs resource.PropertyMap) resource.PropertyMap {
	settled := resource.PropertyMap{}
	for _, c := range r.classes {
		settled[c.flag] = resource.NewBoolProperty(c.allowed)
		settled[c.minimum] = resource.NewNumberProperty(float64(c.least))
	}
	settled["number"] = settled["numeric"]
	for key := range settled {
		if value, said := inputs[key]; said && !strings.HasPrefix(string(key), "num") {
			settled[key] = value
		}
	}
	return settled
}
