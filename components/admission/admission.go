// Package admission decides which images run in the project's clusters, by
// Binary Authorization: ours when CI has attested them with a key that stays
// in an HSM, those of others when they are named by path and digest, and
// Google's own. Everything else is refused and logged.
package admission

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/binaryauthorization"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/containeranalysis"
	"github.com/pulumi/pulumi-gcp/sdk/v7/go/gcp/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token, and part of the state's contract.
const Type = "saas:admission:Admission"

// Args says who attests, and what needs no attestation.
type Args struct {
	Project  pulumi.StringInput // with BinaryAuthorization on
	Analysis pulumi.StringInput // the project, with ContainerAnalysis on
	// Key signs attestations: EC_SIGN_P256_SHA256, whose first version is the
	// attestor's. A new version needs an attestor that knows both, until every
	// image that runs is attested anew.
	Key      pulumi.StringInput
	Signers  map[string]pulumi.StringInput // IAM members that attest, by a name for each
	Admitted []string                      // images of others, by path and digest
}

// Admission is the policy of the project.
type Admission struct {
	pulumi.ResourceState

	Attestor pulumi.StringOutput `pulumi:"attestor"` // projects/P/attestors/A, for gcloud's --attestor
	// KeyVersion is what signs, for gcloud's --keyversion, known once the
	// signers may use it.
	KeyVersion pulumi.StringOutput `pulumi:"keyVersion"`
}

func (a *Args) validate() error {
	var errs []error
	if a.Project == nil || a.Analysis == nil || a.Key == nil {
		errs = append(errs, errors.New("Args.Project, Analysis and Key are required"))
	}
	if len(a.Signers) == 0 {
		errs = append(errs, errors.New("Args.Signers is empty: no image of ours could run"))
	}
	for _, image := range a.Admitted {
		if path, digest, ok := strings.Cut(image, "@sha256:"); !ok || path == "" || len(digest) != 64 || strings.Contains(image, "*") {
			errs = append(errs, fmt.Errorf("Args.Admitted %q: name one image, by path and digest", image))
		}
	}
	return errors.Join(errs...)
}

// New makes the policy. There is one in a project: it exists before, admits
// everything, and goes back to that when the environment goes.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Admission, error) {
	if args == nil {
		return nil, fmt.Errorf("admission.New %q: Args is nil", name)
	}
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("admission.New %q: %w", name, err)
	}
	a := &Admission{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{}, a, opts...); err != nil {
		return nil, fmt.Errorf("register %s: %w", name, err)
	}
	attestor, err := a.newAttestor(ctx, name, args)
	if err != nil {
		return nil, err
	}
	admitted := binaryauthorization.PolicyAdmissionWhitelistPatternArray{}
	for _, image := range args.Admitted {
		admitted = append(admitted, binaryauthorization.PolicyAdmissionWhitelistPatternArgs{NamePattern: pulumi.String(image)})
	}
	policy, err := binaryauthorization.NewPolicy(ctx, name+"-policy", &binaryauthorization.PolicyArgs{
		Project:     args.Project,
		Description: pulumi.String("Attested images of ours, images of others by digest, and Google's own."),
		// Google's own system images, as a policy of Google's names them.
		GlobalPolicyEvaluationMode: pulumi.String("ENABLE"),
		AdmissionWhitelistPatterns: admitted,
		DefaultAdmissionRule: binaryauthorization.PolicyDefaultAdmissionRuleArgs{
			EvaluationMode:          pulumi.String("REQUIRE_ATTESTATION"),
			EnforcementMode:         pulumi.String("ENFORCED_BLOCK_AND_AUDIT_LOG"),
			RequireAttestationsBies: pulumi.StringArray{attestor.ID().ToStringOutput()},
		},
	}, pulumi.Parent(a))
	if err != nil {
		return nil, fmt.Errorf("set the policy: %w", err)
	}
	a.Attestor = pulumi.All(attestor.ID().ToStringOutput(), policy.ID()).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput)
	return a, ctx.RegisterResourceOutputs(a, pulumi.Map{"attestor": a.Attestor, "keyVersion": a.KeyVersion})
}

// newAttestor makes the attestor, the note that attestations hang on, and the
// grants of those who sign.
func (a *Admission) newAttestor(ctx *pulumi.Context, name string, args *Args) (*binaryauthorization.Attestor, error) {
	note, err := containeranalysis.NewNote(ctx, name+"-note", &containeranalysis.NoteArgs{
		Project:          args.Analysis,
		ShortDescription: pulumi.String("Built and tested by CI"),
		LongDescription:  pulumi.String("An attestation says that CI built the image from a reviewed commit and that its tests passed."),
		AttestationAuthority: containeranalysis.NoteAttestationAuthorityArgs{
			Hint: containeranalysis.NoteAttestationAuthorityHintArgs{HumanReadableName: pulumi.String("Continuous integration")},
		},
	}, pulumi.Parent(a))
	if err != nil {
		return nil, fmt.Errorf("create the note: %w", err)
	}
	version := kms.GetKMSCryptoKeyVersionOutput(ctx, kms.GetKMSCryptoKeyVersionOutputArgs{CryptoKey: args.Key}, pulumi.Parent(a))
	attestor, err := binaryauthorization.NewAttestor(ctx, name+"-attestor", &binaryauthorization.AttestorArgs{
		Project:     args.Project,
		Description: pulumi.String("Images that CI built and tested."),
		AttestationAuthorityNote: binaryauthorization.AttestorAttestationAuthorityNoteArgs{
			NoteReference: note.ID().ToStringOutput(),
			PublicKeys: binaryauthorization.AttestorAttestationAuthorityNotePublicKeyArray{
				binaryauthorization.AttestorAttestationAuthorityNotePublicKeyArgs{
					// The form by which attestations name the key that signed them.
					Id: pulumi.Sprintf("//cloudkms.googleapis.com/v1/%s", version.Name()),
					PkixPublicKey: binaryauthorization.AttestorAttestationAuthorityNotePublicKeyPkixPublicKeyArgs{
						PublicKeyPem:       version.PublicKeys().Index(pulumi.Int(0)).Pem(),
						SignatureAlgorithm: pulumi.String("ECDSA_P256_SHA256"),
					},
				},
			},
		},
	}, pulumi.Parent(a))
	if err != nil {
		return nil, fmt.Errorf("create the attestor: %w", err)
	}
	ready := []any{version.Name()}
	for _, who := range slices.Sorted(maps.Keys(args.Signers)) {
		granted, err := a.newSigner(ctx, name+"-"+who, args, note, attestor, args.Signers[who])
		if err != nil {
			return nil, fmt.Errorf("let %s sign: %w", who, err)
		}
		ready = append(ready, granted...)
	}
	a.KeyVersion = pulumi.All(ready...).ApplyT(func(v []any) string { return v[0].(string) }).(pulumi.StringOutput)
	return attestor, nil
}
