package cache

// What the fuzz tests look at.
var (
	EntryKey = entryKey
	LeaseKey = leaseKey
)
