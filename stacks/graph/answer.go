package graph

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// object shortens what answers are made of.
type object = map[string]any

// outputs are a resource's inputs and the computed values that the program
// goes on with: just enough of them, and none that means anything.
func outputs(r Resource) resource.PropertyMap {
	out := r.Inputs.Copy()
	email := r.Name + "@example.iam.gserviceaccount.com"
	made := map[string]object{
		"gcp:serviceaccount/account:Account":                       {"email": email, "member": "serviceAccount:" + email},
		"gcp:projects/serviceIdentity:ServiceIdentity":             {"email": email, "member": "serviceAccount:" + email},
		"gcp:certificatemanager/dnsAuthorization:DnsAuthorization": {"dnsResourceRecords": []any{object{"name": "proof.example.com.", "type": "CNAME", "data": "proof.example.com."}}},
		"gcp:redis/instance:Instance":                              {"serverCaCerts": []any{}},
		"random:index/randomString:RandomString":                   {"result": "abc123"},
	}[r.Type]
	made = with(made, "name", r.Name+"-1234567")
	if strings.HasPrefix(r.Type, "gcp:compute/") {
		made["selfLink"], made["address"] = "recorded/"+r.Name, "203.0.113.1"
	}
	for key, value := range made {
		if had, ok := out[resource.PropertyKey(key)]; !ok || had.IsNull() {
			out[resource.PropertyKey(key)] = resource.NewPropertyValue(value)
		}
	}
	for _, secret := range secrets[r.Type] {
		out[secret] = resource.MakeSecret(resource.NewProperty("a recorded secret"))
	}
	return out
}

// secrets are outputs that a provider marks secret.
var secrets = map[string][]resource.PropertyKey{
	"random:index/randomPassword:RandomPassword": {"result"},
	"gcp:redis/instance:Instance":                {"authString"},
	"gcp:sql/sslCert:SslCert":                    {"cert", "privateKey", "serverCaCert"},
}

func with(values object, key string, value any) object {
	if values == nil {
		values = object{}
	}
	values[key] = value
	return values
}

// Call answers a function of a provider with its own arguments, and with what
// the program reads of the answer.
func (r *recorder) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	out := args.Args.Copy()
	for key, value := range with(map[string]object{
		"gcp:kms/getKMSCryptoKeyVersion:getKMSCryptoKeyVersion": {
			"name": "recorded/cryptoKeyVersions/1", "publicKeys": []any{object{"pem": "-----BEGIN PUBLIC KEY-----", "algorithm": "EC_SIGN_P256_SHA256"}},
		},
		"gcp:compute/getNetworkEndpointGroup:getNetworkEndpointGroup": {"selfLink": "recorded"},
		"gcp:sql/getCaCerts:getCaCerts":                               {"activeVersion": "recorded", "certs": []any{object{"cert": "-----BEGIN CERTIFICATE-----", "createTime": "recorded"}}},
	}[args.Token], "id", "recorded") {
		if _, has := out[resource.PropertyKey(key)]; !has {
			out[resource.PropertyKey(key)] = resource.NewPropertyValue(value)
		}
	}
	return out, nil
}
