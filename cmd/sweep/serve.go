package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"ranksweep/page"
	"ranksweep/page/live"
	"ranksweep/results"
)

func newServe() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve DIR",
		Short: "Show the page about a store in a browser, while its sweep runs",
		Long: "Serve prints an address at which a browser shows the page that sweep report writes, and beside it\n" +
			"what is done, which runs are trained, and their losses as they come. It changes by itself. Serve reads\n" +
			"nothing but the store, so that it works on any host that sees the disk; if there is no store yet, it\n" +
			"waits for one. Ctrl-C ends it.\n\n" +
			"It answers to this machine alone. An address that other machines can reach needs --token: the address\n" +
			"that is printed then has a random token, without which nothing is answered. The connection is not\n" +
			"encrypted: through networks that others read, use ssh -L.\n\n" + storeHelp,
		Example: "  sweep serve runs/quickstart\n  sweep serve runs/quickstart --addr 0.0.0.0:8080 --token",
		Args:    exactly("DIR"),
	}
	address := cmd.Flags().String("addr", "127.0.0.1:0", "`HOST:PORT` to answer at; port 0 is any that is free")
	token := cmd.Flags().Bool("token", false, "answer only to those whose address has the token that is printed")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		server, err := live.Listen(*address, *token)
		if err != nil {
			return usageError{err}
		}
		fmt.Fprintln(cmd.OutOrStdout(), server.Address())
		w := watcher{dir: args[0], store: results.Open(args[0]), interval: time.Second}
		ctx, end := context.WithCancelCause(cmd.Context())
		go func() { end(w.serve(ctx, server)) }()
		if err := server.Serve(ctx); err != nil {
			return err
		}
		return onlyLooked{context.Cause(ctx)}
	}
	return cmd
}

// serve shows a server how the store stands, until ctx ends.
func (w *watcher) serve(ctx context.Context, to *live.Server) error {
	told := make(losses)
	for shown := ""; ; {
		began := time.Now()
		s, err := w.lookUnless(ctx)
		if err != nil {
			return err
		}
		to.ShowState(s.said(), told.of(s.Running))
		if version := s.version(); version != shown {
			shown = version
			if err := w.showPage(to, version); err != nil {
				return err
			}
		}
		select {
		case <-time.After(max(w.interval, 9*time.Since(began))): // large stores are looked at less often
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// showPage reads the store and shows its page. What is wrong with the store stands on the page, since it may be
// mended meanwhile.
func (w *watcher) showPage(to *live.Server, version string) error {
	from, _, err := sourceOf([]string{w.dir}, io.Discard)
	if err != nil {
		from.Doubts = append(from.Doubts, err.Error())
	}
	p, err := page.New(from)
	if err != nil {
		return err
	}
	p.Live, p.Version = true, version
	return to.ShowPage(p)
}

// version is another one whenever the page is to be made anew.
func (s sight) version() string {
	if s.unseen != nil {
		return s.unseen.Error()
	}
	return fmt.Sprintf("%d planned, %d done, %d diverged, %d failed, %d newer, damaged: %q", s.Planned, s.Done,
		s.Diverged, s.Failed, s.Newer, s.Damaged)
}

// said says how the sweep stands.
func (s sight) said() []string {
	if s.unseen != nil {
		return []string{"Waiting: " + s.unseen.Error()}
	}
	ended := s.Done + s.Diverged + s.Failed
	all := []string{tallied(ended, s.Planned, map[results.Status]int{
		results.Diverged: s.Diverged, results.Failed: s.Failed}) + " have ended."}
	switch left := s.leftText(); {
	case s.over():
		all = append(all, "Nothing is left to train.")
	case len(s.Running) == 0:
		all = append(all, "Nobody trains now.")
	case left != "":
		all = append(all, fmt.Sprintf("In training: %d. Of the work %.0f%% is done: %s.", len(s.Running), 100*s.share(),
			left))
	default:
		all = append(all, fmt.Sprintf("In training: %d.", len(s.Running)))
	}
	for _, r := range s.Silent {
		all = append(all, r.String())
	}
	return append(all, s.Damaged...)
}
