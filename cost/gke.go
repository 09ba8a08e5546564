package cost

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/avila-devops/saas/stacks/graph"
)

// Fallbacks of GKE for what a pool leaves out.
// https://cloud.google.com/kubernetes-engine/docs/concepts/node-images
const (
	defaultDiskType = "pd-balanced"
	defaultDiskGB   = 100
)

func clusterFee(s *sheet) error { return s.add("control plane", "gke/cluster", 1) }

// nodes prices a pool from its least size to its limit: the autoscaler keeps it
// in between.
func nodes(s *sheet) error {
	least, most, err := poolSize(s.resource)
	if err != nil {
		return err
	}
	typ := s.resource.Text("nodeConfig.machineType")
	family, cpus, err := machine(typ)
	if err != nil {
		return err
	}
	if err := s.between(fmt.Sprintf("%s ×%g–%g", typ, least, most), "vm/"+family, least*cpus, most*cpus); err != nil {
		return fmt.Errorf("machine type %s: %w", typ, err)
	}
	disk, size := s.resource.Text("nodeConfig.diskType"), s.resource.Number("nodeConfig.diskSizeGb")
	if disk == "" {
		disk = defaultDiskType
	}
	if size == 0 {
		size = defaultDiskGB
	}
	return s.between("boot disks", "disk/"+disk, least*size, most*size)
}

// poolSize counts a pool's nodes over all its zones.
func poolSize(pool graph.Resource) (least, most float64, err error) {
	zones := 1.0
	if list := pool.Get("nodeLocations"); list.IsArray() && len(list.ArrayValue()) > 0 {
		zones = float64(len(list.ArrayValue()))
	}
	least, most = pool.Number("autoscaling.minNodeCount")*zones, pool.Number("autoscaling.maxNodeCount")*zones
	if total := pool.Number("autoscaling.totalMaxNodeCount"); total > 0 {
		least, most = pool.Number("autoscaling.totalMinNodeCount"), total
	}
	if count := pool.Number("nodeCount"); most == 0 && count > 0 {
		least, most = count*zones, count*zones
	}
	if most == 0 || least > most {
		return 0, 0, fmt.Errorf("the pool's size cannot be told: autoscaling is %v; set minNodeCount and maxNodeCount", pool.Get("autoscaling"))
	}
	return least, most, nil
}

var machineType = regexp.MustCompile(`^([a-z][0-9][a-z]?d?-(?:standard|highmem|highcpu))-([0-9]+)$`)

// machine splits a machine type into the family, by which it is priced, and
// its vCPUs. Memory is in proportion within a family.
func machine(typ string) (family string, cpus float64, err error) {
	parts := machineType.FindStringSubmatch(typ)
	if parts == nil {
		return "", 0, fmt.Errorf("machine type %q is not priced by the vCPU; use a standard, highmem or highcpu type, or teach cost/gke.go its price", typ)
	}
	count, err := strconv.Atoi(parts[2])
	if err != nil {
		return "", 0, fmt.Errorf("machine type %q: %w", typ, err)
	}
	return parts[1], float64(count), nil
}

func backupPlan(s *sheet) error {
	if err := s.used("protected pods", "gkebackup/pod", "gkebackup.pods", 1); err != nil {
		return err
	}
	return s.used("backups", "gkebackup/storage", "gkebackup.gb", 1)
}
