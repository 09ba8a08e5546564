package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/avila-devops/saas/apps/internal/provisioner"
)

var exportCommand = command{
	name: "export", arguments: "<tenant>", login: ownerLogin, stores: true,
	help: "write everything of a tenant into an archive, with a manifest of hashes",
	flags: func(set *flag.FlagSet, o *options) {
		set.StringVar(&o.output, "output", "", "the file to write, which must not be there yet; must be set")
	},
	do: export,
}

// export writes beside the output and renames, so that a file of that name is
// a whole archive.
func export(ctx context.Context, k *call) (err error) {
	if k.output == "" {
		return fmt.Errorf("%w: -output is not set; name the file to write, like %s.tar.gz", errUsage, k.name)
	}
	if _, err := os.Lstat(k.output); err == nil {
		return fmt.Errorf("%w: -output: %s is there already; name another file", errUsage, k.output)
	}
	partial := k.output + ".partial"
	f, err := os.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("-output: %w; remove what an export that was cut left there", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(partial))
		}
	}()
	sum := sha256.New()
	manifest, err := provisioner.New(k.pool).Export(ctx, k.name, io.MultiWriter(f, sum), holdings(k.stores), k.progress("table"))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(partial, k.output); err != nil {
		return fmt.Errorf("-output: %w", err)
	}
	hash := hex.EncodeToString(sum.Sum(nil))
	rows := int64(0)
	for _, t := range manifest.Tables {
		rows += t.Rows
	}
	return k.print(map[string]any{"tenant": k.name, "archive": k.output, "sha256": hash, "rows": rows, "files": len(manifest.Files)},
		"%d rows of tenant %s are in %s (%d files)\nsha256 %s\n", rows, k.name, k.output, len(manifest.Files), hash)
}

var eraseCommand = command{
	name: "erase", arguments: "<tenant>", login: ownerLogin, stores: true,
	help: "remove everything of a suspended tenant for ever, and sign a report of it",
	flags: func(set *flag.FlagSet, o *options) {
		set.StringVar(&o.confirm, "confirm", "", "the tenant's name once more")
		set.StringVar(&o.key, "key", "", "a file with the Ed25519 key that signs, from: openssl genpkey -algorithm ed25519")
		set.IntVar(&o.backupDays, "backup-days", 35, "how many days backups are kept; the report says when the last one with the tenant's rows expires")
		set.StringVar(&o.output, "output", "", "a file for the report, besides standard output")
	},
	do: erase,
}

func erase(ctx context.Context, k *call) error {
	if k.confirm != k.name {
		return fmt.Errorf("%w: nothing brings an erased tenant back; write -confirm %s to erase it", errUsage, k.name)
	}
	if k.backupDays < 1 || k.backupDays > 3650 {
		return fmt.Errorf("%w: -backup-days: %d is not between 1 and 3650", errUsage, k.backupDays)
	}
	key, err := readKey(k.key)
	if err != nil {
		return err
	}
	signed, err := provisioner.New(k.pool).Erase(ctx, provisioner.Erasure{
		Name: k.name, Key: key, Backups: time.Duration(k.backupDays) * 24 * time.Hour,
		Holdings: holdings(k.stores), Tell: k.progress("erased"),
	})
	if err != nil {
		return err //nolint:wrapcheck // it names the tenant and the remedy
	}
	if k.output != "" {
		if err := os.WriteFile(k.output, []byte(signed.String()), 0o600); err != nil {
			return fmt.Errorf("tenant %s is erased; its report is in the registry, and -output: %w", k.name, err)
		}
	}
	fmt.Fprint(k.out, signed)
	return nil
}

var reportCommand = command{
	name: "report", arguments: "<file>", offline: true,
	help: "check the signature of an erasure's report",
	flags: func(set *flag.FlagSet, o *options) {
		set.StringVar(&o.key, "key", "", "a file with the public key, from: openssl pkey -pubout; must be set")
	},
	do: func(_ context.Context, k *call) error {
		key, err := readPublicKey(k.key)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(k.name)
		if err != nil {
			return fmt.Errorf("read the report: %w", err)
		}
		r, err := provisioner.Check(text, key)
		if err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
		return k.print(r, "the report is as it was signed: tenant %s was erased on %s; backups of it expire by %s\n",
			r.Tenant, r.ErasedAt.Format(time.DateOnly), r.BackupsExpireAt.Format(time.DateOnly))
	},
}
