package cost

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// databaseInstance prices machine, disk and backups. The regional SKUs hold
// the standby's share already.
func databaseInstance(s *sheet) error {
	tier := s.resource.Text("settings.tier")
	edition, cpus, ram, err := sqlMachine(tier)
	if err != nil {
		return err
	}
	availability := "zonal"
	if s.resource.Text("settings.availabilityType") == "REGIONAL" {
		availability = "regional"
	}
	if err := s.add(tier+" vCPUs", "sql/"+edition+"/vcpu/"+availability, cpus); err != nil {
		return err
	}
	if err := s.add(tier+" memory", "sql/"+edition+"/ram/"+availability, ram); err != nil {
		return err
	}
	disk := map[string]string{"PD_SSD": "ssd", "": "ssd", "PD_HDD": "hdd"}[s.resource.Text("settings.diskType")]
	if err := s.add("disk, at its first size", "sql/storage-"+disk+"/"+availability, s.resource.Number("settings.diskSize")); err != nil {
		return err
	}
	if enabled := s.resource.Get("settings.backupConfiguration.enabled"); enabled.IsBool() && enabled.BoolValue() {
		return s.used("backups", "sql/backup", "sql.backup.gb", 1)
	}
	return nil
}

var (
	sqlCustom    = regexp.MustCompile(`^db-custom-([0-9]+)-([0-9]+)$`)
	sqlPerformer = regexp.MustCompile(`^db-perf-optimized-N-([0-9]+)$`)
)

// ramPerCPU is the memory of a performance-optimized machine in GB.
// https://cloud.google.com/sql/docs/postgres/create-instance: N machines
const ramPerCPU = 8

// sqlMachine reads vCPUs and GB of memory out of a tier.
func sqlMachine(tier string) (edition string, cpus, ramGB float64, err error) {
	number := func(text string) float64 {
		n, convErr := strconv.Atoi(text)
		if convErr != nil {
			err = fmt.Errorf("tier %q: %w", tier, convErr)
		}
		return float64(n)
	}
	if m := sqlCustom.FindStringSubmatch(tier); m != nil {
		return "enterprise", number(m[1]), number(m[2]) / 1024, err
	}
	if m := sqlPerformer.FindStringSubmatch(tier); m != nil {
		cpus = number(m[1])
		return "enterprise-plus", cpus, cpus * ramPerCPU, err
	}
	return "", 0, 0, fmt.Errorf("tier %q is neither db-custom-<vCPUs>-<MB> nor db-perf-optimized-N-<vCPUs>; use one of them, or teach cost/sql.go its size", strings.TrimSpace(tier))
}
