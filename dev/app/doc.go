// Package app builds the services of apps/, runs them, and puts a new build in
// the old one's place when their source changes. A build that fails is shown,
// and changes nothing.
//
// It imports nothing of apps/: a service is a folder with a program.
package app
