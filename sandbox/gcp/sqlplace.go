package gcp

import (
	"fmt"
)

// createInstance refuses what has no place, and takes addresses.
func createInstance(o *op) error {
	if name := o.project.ID + ":" + o.text("name"); len(name) > 98 {
		return invalid("shorten the name", "Invalid request: %s has %d characters, at most 98 are allowed", clip(name), len(name))
	}
	if err := o.checkPrimary(); err != nil {
		return err
	}
	network := o.text("settings.ipConfiguration.privateNetwork")
	if network != "" {
		block, err := o.managedRange(network, o.text("settings.ipConfiguration.allocatedIpRange"), fmt.Errorf(
			"failed to create instance because the network %s doesn't have at least 1 private services connection. Please see https://cloud.google.com/sql/docs/postgres/private-ip#network_requirements for how to create this connection: make a gcp.servicenetworking.Connection, and let this resource depend on it", network))
		if err != nil {
			return err
		}
		used, err := o.managedAddresses()
		if err == nil {
			err = o.allocate("privateIpAddress", block, used)
		}
		if err != nil {
			return err
		}
	}
	if !has(o.in, "settings.ipConfiguration") || flag(o.in, "settings.ipConfiguration.ipv4Enabled") {
		used, err := o.addresses(sqlInstanceType, "publicIpAddress")
		if err == nil {
			err = o.allocate("publicIpAddress", publicAddresses, used)
		}
		return err
	}
	return nil
}

func removeInstance(o *op) error {
	p := o.old.Properties
	if flag(p, "deletionProtection") {
		return fmt.Errorf("instance %s: failed to delete instance because deletion_protection is set to true. Set it to false to proceed with instance deletion: set deletionProtection to false, run up, and delete it then", o.id)
	}
	if flag(p, "settings.deletionProtectionEnabled") {
		return invalid("set settings.deletionProtectionEnabled to false, run up, and delete it then",
			"The instance is protected. Please disable the deletion protection and try again: %s", o.id)
	}
	return nil
}

func instanceOutputs(o *op) error {
	name := o.text("name")
	o.set("selfLink", sqlLink+o.expand("projects/{project}/instances/")+name)
	o.set("connectionName", o.expand("{project}:{region}:")+name)
	o.set("serviceAccountEmailAddress", "p"+o.project.Number+"-"+fingerprintDigits(o.id)+"@gcp-sa-cloud-sql.iam.gserviceaccount.com")
	o.set("instanceType", primaryKind)
	o.set("maintenanceVersion", text(o.in, "databaseVersion")+"_R20260101.00_00")
	o.set("availableMaintenanceVersions", []any{})
	var addresses []any
	for _, entry := range [][2]string{{"PRIMARY", "publicIpAddress"}, {"PRIVATE", "privateIpAddress"}} {
		if address := text(o.out, entry[1]); address != "" {
			addresses = append(addresses, map[string]any{"type": entry[0], "ipAddress": address, "timeToRetire": ""})
			o.set("firstIpAddress", address)
		}
	}
	o.replace("ipAddresses", addresses)
	if v := plain(o.out["serverCaCerts"]); v.IsArray() {
		return nil
	}
	ca, err := newAuthority("Cloud SQL server CA of "+name, o.now)
	if err != nil {
		return err
	}
	o.replace("serverCaCerts", []any{ca.properties()})
	return nil
}
