// Package certmanager holds the custom resources of cert-manager that the
// program declares, as far as it uses them. It is plain Go, without Pulumi;
// the API server judges the rest.
// https://cert-manager.io/docs/reference/api-docs/
package certmanager

import (
	"encoding/json"
	"fmt"
)

// Version is the API version of every kind here.
const Version = "cert-manager.io/v1"

// Group is the API group that references name.
const Group = "cert-manager.io"

// Kinds.
const (
	KindCertificate   = "Certificate"
	KindIssuer        = "Issuer"        // for its own namespace
	KindClusterIssuer = "ClusterIssuer" // for every namespace
)

// IssuerSpec is who issues. One of its fields is set.
type IssuerSpec struct {
	ACME       *ACME       `json:"acme,omitempty"`
	SelfSigned *SelfSigned `json:"selfSigned,omitempty"`
	CA         *CA         `json:"ca,omitempty"`
}

// SelfSigned signs each certificate with its own key.
type SelfSigned struct{}

// CA signs with the key in a Secret.
type CA struct {
	SecretName string `json:"secretName"`
}

// ACME asks an authority over RFC 8555.
type ACME struct {
	Server              string    `json:"server"`
	Email               string    `json:"email"`
	PrivateKeySecretRef SecretRef `json:"privateKeySecretRef"` // of the account
	Solvers             []Solver  `json:"solvers"`
}

// SecretRef names a Secret.
type SecretRef struct {
	Name string `json:"name"`
}

// Solver proves that names are ours.
type Solver struct {
	Selector Selector `json:"selector"`
	DNS01    DNS01    `json:"dns01"`
}

// Selector says for which names.
type Selector struct {
	DNSZones []string `json:"dnsZones"`
}

// DNS01 proves it by a record.
type DNS01 struct {
	CloudDNS CloudDNS `json:"cloudDNS"`
}

// CloudDNS puts the record into a zone of Google's.
type CloudDNS struct {
	Project        string `json:"project"`
	HostedZoneName string `json:"hostedZoneName"`
}

// CertificateSpec is a certificate and the Secret that it lies in.
type CertificateSpec struct {
	SecretName  string     `json:"secretName"`
	Duration    string     `json:"duration"`
	RenewBefore string     `json:"renewBefore"`
	CommonName  string     `json:"commonName,omitempty"`
	DNSNames    []string   `json:"dnsNames,omitempty"`
	IsCA        bool       `json:"isCA,omitempty"`
	Usages      []string   `json:"usages"`
	PrivateKey  PrivateKey `json:"privateKey"`
	IssuerRef   IssuerRef  `json:"issuerRef"`
}

// PrivateKey says what keys are like, and whether each certificate has its own.
type PrivateKey struct {
	Algorithm      string `json:"algorithm"`
	Size           int    `json:"size"`
	RotationPolicy string `json:"rotationPolicy"`
}

// Rotation policies of keys.
const (
	Always = "Always"
	Never  = "Never"
)

// ECDSA is a key of P-256.
func ECDSA(rotation string) PrivateKey {
	return PrivateKey{Algorithm: "ECDSA", Size: 256, RotationPolicy: rotation}
}

// IssuerRef names an issuer.
type IssuerRef struct {
	Name  string `json:"name"`
	Kind  string `json:"kind"`
	Group string `json:"group"`
}

// Object writes a spec as the API server reads it.
func Object(spec any) (map[string]any, error) {
	text, err := json.Marshal(spec)
	if err != nil {
		return nil, fmt.Errorf("write %T: %w", spec, err)
	}
	var object map[string]any
	return object, json.Unmarshal(text, &object)
}
