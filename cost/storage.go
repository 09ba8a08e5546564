package cost

import "strings"

func bucket(s *sheet) error {
	class := strings.ToLower(s.resource.Text("storageClass"))
	if class == "" {
		class = "standard"
	}
	return s.used(class+" storage", "storage/"+class, "bucket.gb", 1)
}

func repository(s *sheet) error {
	if err := s.used("images", "registry/storage", "registry.gb", 1); err != nil {
		return err
	}
	return s.used("vulnerability scans", "registry/scan", "registry.scans", 1)
}

// key prices the versions that can still decrypt: rotation adds one and
// removes none.
func key(s *sheet) error {
	level := "software"
	if s.resource.Text("versionTemplate.protectionLevel") == "HSM" {
		level = "hsm"
	}
	if err := s.used(level+" key versions", "kms/"+level+"-version", "kms.versions", 1); err != nil {
		return err
	}
	const perPrice = 10000
	return s.used("operations", "kms/operations", "kms.operations", 1.0/perPrice)
}

// secretVersion prices a version in one location, which is where the program
// keeps its secrets.
func secretVersion(s *sheet) error {
	if err := s.add("version", "secret/version", 1); err != nil {
		return err
	}
	const perPrice = 10000
	return s.used("reads", "secret/access", "secret.accesses", 1.0/perPrice)
}
