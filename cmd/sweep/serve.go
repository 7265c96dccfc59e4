package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"ranksweep/page"
	"ranksweep/page/live"
	"ranksweep/results"
)

func newServe() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "serve DIR…",
		Short: "Show the page about stores in a browser, while their sweeps run",
		Long: "Serve prints an address at which a browser shows the page that sweep report writes, and beside it\n" +
			"what is done, which runs are trained, and their losses as they come. It changes by itself. Serve reads\n" +
			"nothing but the stores, so that it works on any host that sees the disk; if one is not there yet, it\n" +
			"waits for it. Ctrl-C ends it.\n\n" +
			"It answers to this machine alone. An address that other machines can reach needs --token: the address\n" +
			"that is printed then has a random token, without which nothing is answered. The connection is not\n" +
			"encrypted: through networks that others read, use ssh -L.\n\n" + severalHelp,
		Example: "  sweep serve runs/quickstart\n  sweep serve runs/quickstart --addr 0.0.0.0:8080 --token\n" +
			"  sweep serve runs/quickstart runs/longer",
		Args: atLeastOne("DIR"),
	}
	address := cmd.Flags().String("addr", "127.0.0.1:0", "`HOST:PORT` to answer at; port 0 is any that is free")
	token := cmd.Flags().Bool("token", false, "answer only to those whose address has the token that is printed")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if err := distinctStores(slices.DeleteFunc(slices.Clone(args), func(dir string) bool {
			return !isThere(dir)
		})); err != nil {
			return err
		}
		server, err := live.Listen(*address, *token)
		if err != nil {
			return usageError{err}
		}
		fmt.Fprintln(cmd.OutOrStdout(), server.Address())
		ctx, end := context.WithCancelCause(cmd.Context())
		go func() { end(newLookout(args).serve(ctx, server)) }()
		if err := server.Serve(ctx); err != nil {
			return err
		}
		return onlyLooked{context.Cause(ctx)}
	}
	return cmd
}

// lookout watches stores for a page.
type lookout struct {
	dirs     []string
	names    []string // which say what is of which store; empty of a single one
	watchers []*watcher
}

func newLookout(dirs []string) lookout {
	l := lookout{dirs: dirs, names: storeNames(dirs)}
	if len(dirs) == 1 {
		l.names[0] = ""
	}
	for _, dir := range dirs {
		l.watchers = append(l.watchers, &watcher{dir: dir, store: results.Open(dir), interval: time.Second})
	}
	return l
}

// serve shows a server how the stores stand, until ctx ends.
func (l lookout) serve(ctx context.Context, to *live.Server) error {
	told := make(losses)
	for shown := ""; ; {
		began := time.Now()
		said, running, version, err := l.look(ctx)
		if err != nil {
			return err
		}
		to.ShowState(said, told.of(running))
		if version != shown {
			shown = version
			if err := l.showPage(to, version); err != nil {
				return err
			}
		}
		select {
		case <-time.After(max(l.watchers[0].interval, 9*time.Since(began))): // large stores are looked at less often
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// look looks at each store. version is another one whenever the page is to be made anew.
func (l lookout) look(ctx context.Context) (said []string, running []runningRun, version string, err error) {
	for i, w := range l.watchers {
		s, err := w.lookUnless(ctx)
		if err != nil {
			return nil, nil, "", err
		}
		for _, text := range s.said() {
			said = append(said, l.of(i, text))
		}
		for _, r := range s.Running {
			r.Place = l.of(i, r.Place)
			running = append(running, r)
		}
		version += s.version() + "\n"
	}
	return said, running, version, nil
}

// of says of which store a text is.
func (l lookout) of(i int, text string) string {
	if l.names[i] == "" {
		return text
	}
	return l.names[i] + ": " + text
}

// showPage reads the stores and shows their page. What is wrong with a store stands on the page, since it may be
// mended meanwhile.
func (l lookout) showPage(to *live.Server, version string) error {
	from, _, err := sourceOf(l.dirs, io.Discard)
	if err != nil && len(l.dirs) > 1 {
		from, err = l.readable(err)
	}
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

// readable is what those stores hold that can be shown; the others are doubts. wrong is why all together cannot.
func (l lookout) readable(wrong error) (from page.Source, err error) {
	var dirs, doubts []string
	for _, dir := range l.dirs {
		if _, _, err := sourceOf([]string{dir}, io.Discard); err != nil {
			doubts = append(doubts, err.Error())
		} else {
			dirs = append(dirs, dir)
		}
	}
	if len(dirs) == 0 || len(dirs) == len(l.dirs) { // none, or they contradict each other
		from, _, _ = sourceOf(l.dirs, io.Discard)
		return from, wrong
	}
	from, _, err = sourceOf(dirs, io.Discard)
	from.Doubts = append(doubts, from.Doubts...)
	return from, err
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
