package gcp

import "strings"

// checkUser holds a user to the instance's password policy, and never says
// what the password is.
// https://cloud.google.com/sql/docs/postgres/built-in-authentication
func checkUser(o *op) error {
	if err := checkWritable(o); err != nil {
		return err
	}
	instance, err := o.named(sqlInstanceType, o.text("instance"))
	if err != nil || instance == nil {
		return err
	}
	if o.text("host") != "" && strings.HasPrefix(text(instance.Properties, "databaseVersion"), "POSTGRES") {
		return invalid("remove host", "Invalid request: PostgreSQL users have no host")
	}
	const policy = "settings.passwordValidationPolicy."
	password := o.text("password")
	if password == "" || !flag(instance.Properties, policy+"enablePasswordPolicy") {
		return nil
	}
	if least := int(number(instance.Properties, policy+"minLength")); len(password) < least {
		return invalid("use a longer password", "Invalid request: the password has %d characters, the instance's password policy wants %d", len(password), least)
	}
	if flag(instance.Properties, policy+"disallowUsernameSubstring") && strings.Contains(password, o.text("name")) {
		return invalid("use another password", "Invalid request: the password contains the user name, which the instance's password policy forbids")
	}
	return nil
}
