package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"ranksweep/paper/number"
	"ranksweep/results"
)

func newPack() *cobra.Command {
	return &cobra.Command{
		Use:   "pack DIR",
		Short: "Put a store's finished runs into few large files, which take less room",
		Long: "Pack moves finished runs into files DIR/runs/.packs/HASH.tar.zst. A run in its own folder\n" +
			"takes six inodes, a packed one hardly any, and a fifth of the bytes. Every command reads\n" +
			"packed runs as before, sweep run goes on beside them, and sweep unpack gives the same\n" +
			"bytes back. A run's folder is removed when its pack is on the disk and was read back, so\n" +
			"that nothing is lost if pack is interrupted. Runs that failed, damaged ones, and those\n" +
			"whose folder has other files stay where they are, which is said.\n\n" + storeHelp,
		Example: "  sweep pack runs/quickstart",
		Args:    exactly("DIR"),
		PreRunE: ofStore,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := filled(args[0]); err != nil {
				return err
			}
			done, err := results.Open(args[0]).Pack(cmd.Context(), program())
			return told(cmd, err, done, fmt.Sprintf("packed %s into %s of %s", number.Count(done.Runs, "run"),
				number.Count(done.Packs, "file"), megabytes(done.Bytes)))
		},
	}
}

func newUnpack() *cobra.Command {
	return &cobra.Command{
		Use:   "unpack DIR",
		Short: "Give packed runs folders of their own again, with the same bytes",
		Long: "Unpack undoes sweep pack. A pack is removed when the folders of all its runs are on the\n" +
			"disk and were read back. Do not pack a store on one host while another one unpacks it.\n\n" + storeHelp,
		Example: "  sweep unpack runs/quickstart",
		Args:    exactly("DIR"),
		PreRunE: ofStore,
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := filled(args[0]); err != nil {
				return err
			}
			done, err := results.Open(args[0]).Unpack(cmd.Context())
			return told(cmd, err, done, fmt.Sprintf("unpacked %s from %s", number.Count(done.Runs, "run"),
				number.Count(done.Packs, "file")))
		},
	}
}

// filled returns an error if a folder is no store with runs.
func filled(dir string) error {
	ids, err := results.Open(dir).IDs()
	if err == nil && len(ids) == 0 {
		err = fmt.Errorf("%s holds no runs: name the folder of a store, as in runs/quickstart", dir)
	}
	return err
}

// told prints what was done, and why the rest was not.
func told(cmd *cobra.Command, err error, done results.Packing, text string) error {
	for _, why := range done.Left {
		fmt.Fprintf(cmd.ErrOrStderr(), "sweep: stays: %v\n", why)
	}
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(cmd.ErrOrStderr(), text)
		return err
	}
	_, printed := fmt.Fprintln(cmd.OutOrStdout(), text)
	return errors.Join(err, printed)
}

func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
