package kubernetes

import "time"

// Nothing that these tests wait for in vain takes as long as a program's may.
func init() { misorderPatience = 2 * time.Second }

// Tolerating is what repeats a change that came too early.
var Tolerating = tolerating
