package gcp

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// naming is how a type is named. Limits are those of Google's APIs; the
// provider itself allows autonames of up to 255 characters.
type naming struct {
	auto     bool // made from the logical name when the program gives none
	lower    bool // the logical name is lowered for it
	property string
	longest  int
	pattern  *regexp.Regexp
	form     string // the pattern in words
}

// Pulumi's Terraform bridge adds a separator and this many hex digits.
// https://github.com/pulumi/pulumi-terraform-bridge/blob/main/pkg/tfbridge/info/autonaming.go
const (
	nameDigits    = 7
	nameSeparator = "-"
)

var label = regexp.MustCompile(`^[a-z]([-a-z0-9]*[a-z0-9])?$`)

const labelForm = "lower-case letters, digits and hyphens, starting with a letter and not ending with a hyphen"

// autoname is named as RFC 1035 has it, which most of Google's APIs want.
func autoname(longest int) *naming {
	return &naming{auto: true, property: "name", longest: longest, pattern: label, form: labelForm}
}

// check returns the name for inputs that have none, and judges those that have
// one. The second result tells whether the name was made here.
func (n *naming) assign(req plugin.CheckRequest) (resource.PropertyValue, bool, error) {
	key := resource.PropertyKey(n.property)
	if name, ok := req.News[key]; ok && !name.IsNull() {
		return name, false, n.judge(plain(name))
	}
	if !n.auto {
		return resource.PropertyValue{}, false, nil // required: the catalogue says so
	}
	if old, ok := req.Olds[key]; ok && !old.IsNull() && wasDefault(req.Olds, key) {
		return old, true, nil
	}
	name, err := n.make(req)
	if err != nil {
		return resource.PropertyValue{}, true, err
	}
	return resource.NewProperty(name), true, n.judge(resource.NewProperty(name))
}

func (n *naming) make(req plugin.CheckRequest) (string, error) {
	base := req.URN.Name()
	if auto := req.Autonaming; auto != nil {
		switch auto.Mode {
		case plugin.AutonamingModePropose:
			return n.cased(auto.ProposedName), nil
		case plugin.AutonamingModeEnforce:
			return auto.ProposedName, nil
		case plugin.AutonamingModeDisabled:
			return "", errors.New("automatic naming is disabled but no explicit name was provided")
		}
	}
	name, err := resource.NewUniqueName(req.RandomSeed, n.cased(base)+nameSeparator, nameDigits, 0, nil)
	if err != nil {
		return "", fmt.Errorf("name %s: %w", base, err)
	}
	return name, nil
}

func (n *naming) cased(name string) string {
	if n.lower {
		return strings.ToLower(name)
	}
	return name
}

func (n *naming) judge(name resource.PropertyValue) error {
	if !name.IsString() {
		return nil
	}
	value := name.StringValue()
	switch {
	case len(value) > n.longest:
		return fmt.Errorf("%q has %d characters: at most %d are allowed; shorten the logical name, or name it", clip(value), len(value), n.longest)
	case n.pattern != nil && !n.pattern.MatchString(value):
		return fmt.Errorf("%q is not a valid name: use %s", clip(value), n.form)
	}
	return nil
}

// wasDefault tells whether Check filled a property in. Inputs without a list
// of such properties were imported: whatever they hold is kept.
func wasDefault(olds resource.PropertyMap, key resource.PropertyKey) bool {
	list, ok := olds[defaultsKey]
	if !ok || !list.IsArray() {
		return true
	}
	for _, name := range list.ArrayValue() {
		if name.IsString() && name.StringValue() == string(key) {
			return true
		}
	}
	return false
}

// clip keeps messages short, whatever they quote.
func clip(value string) string {
	if len(value) > 80 {
		return value[:77] + "..."
	}
	return value
}
