package toolchain

import (
	"path/filepath"
)

// Providers maps each provider that the plugin stands in for to the version
// that it imitates: that of the SDK in go.mod.
var Providers = map[string]string{
	"gcp":        "7.38.0",
	"kubernetes": "4.25.0",
	"random":     "4.19.0",
}

// Helpers are the names on the PATH by which the plugin is called.
var Helpers = []string{"pulumi-language-go", "gke-gcloud-auth-plugin"}

// link gives the plugin the names that it is called by.
func (t *Toolchain) link() error {
	plugin := filepath.Join(t.Home.Bin(), Plugin.Name)
	for name, version := range Providers {
		if err := replaceLink(plugin, t.Home.Plugin(name, version)); err != nil {
			return err
		}
	}
	for _, name := range Helpers {
		if err := replaceLink(plugin, filepath.Join(t.Home.Bin(), name)); err != nil {
			return err
		}
	}
	return nil
}
