package cloud

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// Record is one resource of the emulated cloud.
type Record struct {
	URN     resource.URN // of the resource that made it; empty when no program did
	Type    string
	ID      string
	Project string
	Created time.Time
	// Abandoned: no stack owns it any more, but Google keeps it: a key ring, an
	// API that stays on.
	Abandoned bool
	// Deleted is when it was abandoned. A record without properties is then
	// nothing but a name that Google keeps. Zero for what is there.
	Deleted time.Time
	// Properties is what the cloud says of the resource now: what the program
	// asked for, and what the cloud added.
	Properties resource.PropertyMap
}

// Name is the record's short name, for messages: the name output, or the id.
func (r *Record) Name() string {
	if name, ok := r.Properties["name"]; ok && name.IsString() {
		return name.StringValue()
	}
	return r.ID
}

// file is a record on disk.
type file struct {
	URN        string         `json:"urn"`
	Type       string         `json:"type"`
	ID         string         `json:"id"`
	Project    string         `json:"project"`
	Created    time.Time      `json:"created"`
	Abandoned  bool           `json:"abandoned,omitempty"`
	Deleted    time.Time      `json:"deleted,omitzero"`
	Properties map[string]any `json:"properties"`
}

func encode(r *Record, s *seal) ([]byte, error) {
	if r.Project == "" || r.Type == "" || r.ID == "" {
		return nil, fmt.Errorf("project %q, type %q and id %q must not be empty", r.Project, r.Type, r.ID)
	}
	properties, err := s.plainMap(r.Properties)
	if err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(file{string(r.URN), r.Type, r.ID, r.Project, r.Created, r.Abandoned, r.Deleted, properties}, "", "  ")
	return append(text, '\n'), err
}

func decode(text []byte, s *seal) (*Record, error) {
	var f file
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&f); err != nil {
		return nil, fmt.Errorf("it is not the JSON of a resource: %w", err)
	}
	if f.ID == "" || f.Type == "" || f.Project == "" {
		return nil, errors.New("it names no id, type or project")
	}
	properties, err := s.openMap(f.Properties)
	if err != nil {
		return nil, err
	}
	return &Record{
		URN: resource.URN(f.URN), Type: f.Type, ID: f.ID, Project: f.Project,
		Created: f.Created, Abandoned: f.Abandoned, Deleted: f.Deleted, Properties: properties,
	}, nil
}

// fingerprint tells apart the files of resources with like names.
func fingerprint(token, id string) string {
	sum := sha256.Sum256([]byte(token + "\n" + id))
	return hex.EncodeToString(sum[:5])
}
