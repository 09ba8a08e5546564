package image

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"
)

// set sets the digest of one service.
func (e *edited) set(name, digest string) error {
	root, err := e.root()
	if err != nil {
		return err
	}
	_, config := entry(root, "config")
	if config == nil {
		e.lines = append(e.lines, "config:", "  "+imagesKey+":", "    "+name+": "+digest)
		return nil
	}
	key, images := entry(config, imagesKey)
	switch {
	case config.Kind != yaml.MappingNode || config.Style&yaml.FlowStyle != 0:
		return fmt.Errorf("config: is not a block, one key a line; write it as one")
	case key == nil:
		at, indent := last(config), indentOf(config)
		e.insert(at, indent+imagesKey+":", indent+"  "+name+": "+digest)
		return nil
	case images.Kind != yaml.MappingNode || images.Style&yaml.FlowStyle != 0 || len(images.Content) == 0:
		return e.unfold(key, images, name, digest)
	}
	service, value := entry(images, name)
	if service == nil {
		e.insert(last(images), indentOf(images)+name+": "+digest)
		return nil
	}
	return e.replace(value, digest)
}

// replace puts a digest in place of a scalar, and leaves what follows it.
func (e *edited) replace(value *yaml.Node, digest string) error {
	if value.Kind != yaml.ScalarNode {
		return fmt.Errorf("line %d: an image is a digest, sha256: and 64 hexadecimal digits", value.Line)
	}
	if value.Value == digest {
		return nil
	}
	line := e.lines[value.Line-1]
	before, rest := line[:value.Column-1], line[value.Column-1:]
	quote := ""
	if rest != "" && strings.Contains(`"'`, rest[:1]) {
		quote = rest[:1]
	}
	old := quote + value.Value + quote
	if value.Value == "" || !strings.HasPrefix(rest, old) {
		return fmt.Errorf("line %d: an image is a digest on the line of its service, sha256: and 64 hexadecimal digits", value.Line)
	}
	e.lines[value.Line-1] = before + quote + digest + quote + rest[len(old):]
	return nil
}

// unfold turns an empty value, or a mapping in braces, into a block that has
// the digest too. The braces must close on the line of the key.
func (e *edited) unfold(key, images *yaml.Node, name, digest string) error {
	line := e.lines[key.Line-1]
	head := line[:key.Column-1+len(imagesKey)] + ":"
	if !strings.HasPrefix(line[key.Column-1:], imagesKey+":") || images.Line != key.Line || images.Kind == yaml.ScalarNode && images.Tag != "!!null" {
		return fmt.Errorf("line %d: %s is not a block, one service a line; write it as one", key.Line, imagesKey)
	}
	indent := strings.Repeat(" ", key.Column+1)
	block := []string{head}
	if images.Kind == yaml.MappingNode {
		for i := 0; i < len(images.Content); i += 2 {
			if service := images.Content[i].Value; service != name {
				block = append(block, indent+service+": "+images.Content[i+1].Value)
			}
		}
	}
	if comment := images.LineComment; comment != "" {
		block[0] += " " + comment
	}
	block = append(block, indent+name+": "+digest)
	e.lines = slices.Replace(e.lines, key.Line-1, key.Line, block...)
	return nil
}

// insert puts lines after a line, counted from 1.
func (e *edited) insert(after int, lines ...string) {
	e.lines = slices.Insert(e.lines, after, lines...)
}

// entry returns a mapping's key and value, or nothing.
func entry(mapping *yaml.Node, name string) (key, value *yaml.Node) {
	for i := 0; mapping.Kind == yaml.MappingNode && i < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == name {
			return mapping.Content[i], mapping.Content[i+1]
		}
	}
	return nil, nil
}

// last is the line where a node ends.
func last(n *yaml.Node) int {
	line := n.Line
	if n.Kind == yaml.ScalarNode {
		line += strings.Count(strings.TrimRight(n.Value, "\n"), "\n")
		if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 {
			line++ // the text stands below its mark
		}
	}
	for _, child := range n.Content {
		line = max(line, last(child))
	}
	return line
}

// indentOf is what stands before the keys of a block.
func indentOf(mapping *yaml.Node) string { return strings.Repeat(" ", mapping.Content[0].Column-1) }
