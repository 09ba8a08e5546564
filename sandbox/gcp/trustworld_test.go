package gcp

// What an environment trusts, as the program declares it.

func (e *environment) poolIDInputs() object {
	return object{"project": e.api("iam"), "workloadIdentityPoolId": "github-apply-" + e.suffix, "displayName": "GitHub apply", "description": "Jobs."}
}

func (e *environment) identityPool() *thing {
	e.t.Helper()
	return e.add("identityPool", workloadPoolType, "github-apply-pool", e.poolIDInputs)
}

const testCondition = "assertion.repository_owner_id == '1' && assertion.repository_id == '2' && assertion.ref == 'refs/heads/main'"

func (e *environment) providerInputs() object {
	pool := e.identityPool()
	return object{
		"project": pool.text("project"), "workloadIdentityPoolId": pool.text("workloadIdentityPoolId"), "workloadIdentityPoolProviderId": "github",
		"attributeMapping":   object{"google.subject": "assertion.sub", "attribute.ref": "assertion.ref"},
		"attributeCondition": testCondition, "oidc": object{"issuerUri": "https://token.actions.githubusercontent.com"},
	}
}

func (e *environment) identityProvider() *thing {
	e.t.Helper()
	return e.add("identityProvider", workloadProviderType, "github-apply-provider", e.providerInputs)
}

func (e *environment) ciAccount() *thing {
	e.t.Helper()
	return e.add("ci", accountType, "github-apply-account", func() object {
		return object{"project": e.api("iam"), "accountId": "ci-apply-test"}
	})
}

func (e *environment) trustInputs() object {
	e.identityProvider()
	return object{
		"serviceAccountId": e.ciAccount().text("name"), "role": "roles/iam.workloadIdentityUser",
		"member": "principal://iam.googleapis.com/projects/" + testNumber + "/locations/global/workloadIdentityPools/github-apply-" + e.suffix + "/subject/repo:example/saas:environment:test",
	}
}

func (e *environment) federated() *thing {
	e.t.Helper()
	return e.add("federated", accountMemberType, "github-apply-trust", e.trustInputs)
}

func (e *environment) workloadInputs() object {
	e.cluster()
	return object{
		"serviceAccountId": e.ciAccount().text("name"), "role": "roles/iam.workloadIdentityUser",
		"member": "serviceAccount:" + testProject + ".svc.id.goog[test/recycling]",
	}
}

func (e *environment) workload() *thing {
	e.t.Helper()
	return e.add("workload", accountMemberType, "identity-trust", e.workloadInputs)
}

func (e *environment) objectsInputs() object {
	bucket := e.bucket().text("name")
	return object{
		"bucket": bucket, "role": "roles/storage.objectUser", "member": e.ciAccount().text("member"),
		"condition": object{"title": "own prefix only", "description": "d", "expression": "resource.name.startsWith('projects/_/buckets/" + bucket + "/objects/media/')"},
	}
}

func (e *environment) objects() *thing {
	e.t.Helper()
	return e.add("objects", bucketMemberType, "identity-media", e.objectsInputs)
}

func (e *environment) roleIDInputs() object {
	return object{
		"project": e.api("iam"), "roleId": "saas_test_apply", "title": "CI apply", "stage": "GA",
		"permissions": []any{"compute.networks.get", "compute.networks.create"},
	}
}

func (e *environment) customRole() *thing {
	e.t.Helper()
	return e.add("customRole", customRoleType, "github-apply-role", e.roleIDInputs)
}

func (e *environment) customGrantInputs() object {
	e.api("cloudresourcemanager")
	return object{
		"project": testProject, "role": e.customRole().text("name"), "member": e.ciAccount().text("member"),
		"condition": object{"title": "named", "expression": "api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly(['roles/gkehub.viewer'])"},
	}
}

func (e *environment) customGrant() *thing {
	e.t.Helper()
	return e.add("customGrant", projectMemberType, "github-apply-grant", e.customGrantInputs)
}

func (e *environment) note() *thing {
	e.t.Helper()
	return e.add("note", noteType, "admission-note", func() object {
		return object{"project": e.api("containeranalysis"), "shortDescription": "Built", "attestationAuthority": object{"hint": object{"humanReadableName": "CI"}}}
	})
}

func (e *environment) attestKey() *thing {
	e.t.Helper()
	return e.add("key/attest", cryptoKeyType, "keys-attest", func() object {
		return object{
			"keyRing": string(e.ring().id), "purpose": "ASYMMETRIC_SIGN", "destroyScheduledDuration": "2592000s",
			"versionTemplate": object{"algorithm": "EC_SIGN_P256_SHA256", "protectionLevel": "HSM"},
		}
	})
}

func (e *environment) attestorInputs() object {
	version := e.invoke(keyVersionFunction, object{"cryptoKey": string(e.attestKey().id)})
	return object{
		"project": e.api("binaryauthorization"), "description": "CI",
		"attestationAuthorityNote": object{
			"noteReference": string(e.note().id),
			"publicKeys": []any{object{
				"id":            text(version, "id"),
				"pkixPublicKey": object{"publicKeyPem": texts(version, "publicKeys.pem")[0], "signatureAlgorithm": "ECDSA_P256_SHA256"},
			}},
		},
	}
}

func (e *environment) attestor() *thing {
	e.t.Helper()
	return e.add("attestor", attestorType, "admission-attestor", e.attestorInputs)
}

func (e *environment) admissionInputs() object {
	return object{
		"project": testProject, "description": "Attested images.", "globalPolicyEvaluationMode": "ENABLE",
		"admissionWhitelistPatterns": []any{object{"namePattern": testRegion + "-docker.pkg.dev/" + testProject + "/mirror-quay/a/b@sha256:0000000000000000000000000000000000000000000000000000000000000000"}},
		"defaultAdmissionRule": object{
			"evaluationMode": "REQUIRE_ATTESTATION", "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG", "requireAttestationsBies": []any{string(e.attestor().id)},
		},
	}
}

func (e *environment) admission() *thing {
	e.t.Helper()
	return e.add("admission", admissionType, "admission-policy", e.admissionInputs)
}

func (e *environment) signer() *thing {
	e.t.Helper()
	return e.add("signer", noteMemberType, "admission-ci-attach", func() object {
		return object{"project": testProject, "note": e.note().text("name"), "role": "roles/containeranalysis.notes.attacher", "member": e.ciAccount().text("member")}
	})
}

func (e *environment) viewer() *thing {
	e.t.Helper()
	return e.add("viewer", attestorMemberType, "admission-ci-view", func() object {
		return object{"project": testProject, "attestor": e.attestor().text("name"), "role": "roles/binaryauthorization.attestorsViewer", "member": e.ciAccount().text("member")}
	})
}

func (e *environment) topicInputs() object {
	return object{
		"project": e.api("pubsub"), "kmsKeyName": string(e.key("pubsub", e.agent("pubsub")).id), "messageRetentionDuration": "604800s",
		"messageStoragePolicy": object{"allowedPersistenceRegions": []any{testRegion}},
	}
}

func (e *environment) topic() *thing {
	e.t.Helper()
	return e.add("topic", topicType, "cluster-notices", e.topicInputs)
}

func (e *environment) noticesInputs() object {
	return object{
		"project": testProject, "topic": string(e.topic().id), "ackDeadlineSeconds": 60, "messageRetentionDuration": "604800s", "expirationPolicy": object{"ttl": ""},
	}
}

func (e *environment) notices() *thing {
	e.t.Helper()
	return e.add("notices", subscriptionType, "cluster-notices", e.noticesInputs)
}

func (e *environment) mirrorInputs() object {
	return object{
		"project": e.api("artifactregistry"), "location": testRegion, "repositoryId": "mirror-quay", "format": "DOCKER", "mode": "REMOTE_REPOSITORY",
		"kmsKeyName":             string(e.key("registry", e.agent("artifactregistry")).id),
		"remoteRepositoryConfig": object{"dockerRepository": object{"customRepository": object{"uri": "https://quay.io"}}},
		"cleanupPolicies": []any{
			object{"id": "delete-old", "action": "DELETE", "condition": object{"tagState": "ANY", "olderThan": "15552000s"}},
			object{"id": "keep-newest", "action": "KEEP", "mostRecentVersions": object{"keepCount": 20}},
		},
	}
}
