package admission

import (
	"fmt"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/binaryauthorization"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/containeranalysis"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newSigner lets a member attest: sign with the key, hang the attestation on
// the note, and read what the attestor is. It may do nothing else with any of
// them. It returns the ids of the grants.
// https://cloud.google.com/binary-authorization/docs/creating-attestors-cli
func (a *Admission) newSigner(ctx *pulumi.Context, name string, args *Args, note *containeranalysis.Note, attestor *binaryauthorization.Attestor, member pulumi.StringInput) ([]any, error) {
	sign, err := kms.NewCryptoKeyIAMMember(ctx, name+"-sign", &kms.CryptoKeyIAMMemberArgs{
		CryptoKeyId: args.Key,
		Role:        pulumi.String("roles/cloudkms.signerVerifier"),
		Member:      member,
	}, pulumi.Parent(a))
	if err != nil {
		return nil, fmt.Errorf("grant the key: %w", err)
	}
	attach, err := containeranalysis.NewNoteIamMember(ctx, name+"-attach", &containeranalysis.NoteIamMemberArgs{
		Project: note.Project,
		Note:    note.Name,
		Role:    pulumi.String("roles/containeranalysis.notes.attacher"),
		Member:  member,
	}, pulumi.Parent(a))
	if err != nil {
		return nil, fmt.Errorf("grant the note: %w", err)
	}
	view, err := binaryauthorization.NewAttestorIamMember(ctx, name+"-view", &binaryauthorization.AttestorIamMemberArgs{
		Project:  attestor.Project,
		Attestor: attestor.Name,
		Role:     pulumi.String("roles/binaryauthorization.attestorsViewer"),
		Member:   member,
	}, pulumi.Parent(a))
	if err != nil {
		return nil, fmt.Errorf("grant the attestor: %w", err)
	}
	return []any{sign.ID(), attach.ID(), view.ID()}, nil
}
