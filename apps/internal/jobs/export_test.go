package jobs

// What the fuzz tests look at.
var (
	TaskID = taskID
	Owner  = owner
)
