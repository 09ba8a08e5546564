// Package bench measures what keeping tenants apart costs, against the same
// work without it: a read by tenancy against pgx alone, the whole path of a
// request against the same handler without a tenant, and a request against a
// peer in Node that keeps tenants apart as well. All go through PgBouncer in
// transaction mode to tables of the same size. The forms of a comparison take
// turns within one run, and the median of the rounds counts, so that whatever
// else the machine does meets them alike.
//
// It has nothing but benchmarks. The limits are with make bench, which runs
// them; how fast tenants are made is measured in provisioner.
package bench
