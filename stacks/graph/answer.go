package graph

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// object shortens what answers are made of.
type object = map[string]any

// suffix ends the names that the program leaves to the provider.
const suffix = "-1234567"

// outputs are a resource's inputs and the computed values that the program
// goes on with: just enough of them, and none that means anything.
func outputs(r Resource) resource.PropertyMap {
	out := r.Inputs.Copy()
	email := r.Name + "@example.iam.gserviceaccount.com"
	if id := r.Text("accountId"); id != "" {
		email = id + "@example.iam.gserviceaccount.com"
	}
	made := map[string]object{
		"gcp:serviceaccount/account:Account":                       {"email": email, "member": "serviceAccount:" + email},
		"gcp:projects/serviceIdentity:ServiceIdentity":             {"email": email, "member": "serviceAccount:" + email},
		"gcp:certificatemanager/dnsAuthorization:DnsAuthorization": {"dnsResourceRecords": []any{object{"name": "proof.example.com.", "type": "CNAME", "data": "proof.example.com."}}},
		"gcp:redis/instance:Instance":                              {"serverCaCerts": []any{}, "host": r.Name, "readEndpoint": "reads of " + r.Name, "port": 6378.0},
		"gcp:sql/databaseInstance:DatabaseInstance": {
			"privateIpAddress": "address of " + r.Name, "connectionName": r.Text("project") + ":" + r.Text("region") + ":" + r.Name, "selfLink": "recorded/" + r.Name,
		},
		"random:index/randomString:RandomString": {"result": "abc123"},
	}[r.Type]
	made = with(made, "name", r.Name+suffix)
	if strings.HasPrefix(r.Type, "gcp:compute/") {
		made["selfLink"], made["address"] = "recorded/"+r.Name, "203.0.113.1"
	}
	for key, value := range made {
		if had, ok := out[resource.PropertyKey(key)]; !ok || had.IsNull() {
			out[resource.PropertyKey(key)] = resource.NewPropertyValue(value)
		}
	}
	for _, secret := range secrets[r.Type] {
		out[secret] = resource.MakeSecret(resource.NewProperty(Secret + ": " + r.Name + " " + string(secret)))
	}
	return out
}

// Secret stands in every secret output, so that a test can look for where it
// must not be.
const Secret = "a recorded secret" //nolint:gosec // it stands for one

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

// answers are what functions of providers answer, besides their arguments. The
// program names in each call what it makes itself, by something that its
// provider knows only once it is there: a preview of an empty stack calls
// nothing.
var answers = map[string]func(arguments Resource) object{
	"gcp:kms/getKMSCryptoKeyVersion:getKMSCryptoKeyVersion": func(of Resource) object {
		return object{"name": of.Text("cryptoKey") + "/cryptoKeyVersions/1", "publicKeys": []any{object{"pem": "-----BEGIN PUBLIC KEY-----", "algorithm": "EC_SIGN_P256_SHA256"}}}
	},
	"gcp:compute/getNetworkEndpointGroup:getNetworkEndpointGroup": func(of Resource) object {
		link := "zones/" + of.Text("zone") + "/" + of.Text("name")
		return object{"id": link, "selfLink": link}
	},
	"gcp:sql/getCaCerts:getCaCerts": func(of Resource) object {
		return object{"certs": []any{object{"cert": "server CA of " + of.Text("instance"), "createTime": "2026-01-01T00:00:00Z"}}}
	},
}

// Call answers a function of a provider with its own arguments, and with what
// the program reads of the answer.
func (r *recorder) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	answer, known := answers[args.Token]
	if !known {
		return nil, fmt.Errorf("the program calls %s: a preview would need the cloud for it; package graph has to learn it, if that is meant", args.Token)
	}
	out := args.Args.Copy()
	for key, value := range answer(Resource{Inputs: args.Args}) {
		out[resource.PropertyKey(key)] = resource.NewPropertyValue(value)
	}
	return out, nil
}
