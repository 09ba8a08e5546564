package settings

const admissionType = "gcp:binaryauthorization/policy:Policy"

var admission = Part{"Admission", []Row{
	{Setting: "an image needs our attestation", Type: admissionType, Path: "defaultAdmissionRule.evaluationMode", Want: is("REQUIRE_ATTESTATION")},
	{Setting: "one without is refused and logged", Type: admissionType, Path: "defaultAdmissionRule.enforcementMode", Want: is("ENFORCED_BLOCK_AND_AUDIT_LOG")},
	{Setting: "by an attestor of ours", Type: admissionType, Path: "defaultAdmissionRule.requireAttestationsBies", Want: set()},
	{Setting: "with a key of ours", Type: "gcp:binaryauthorization/attestor:Attestor", Path: "attestationAuthorityNote.publicKeys", Want: set()},
}}
