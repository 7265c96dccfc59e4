package paper

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"ranksweep/analysis"
	"ranksweep/metrics/stats"
	"ranksweep/paper/number"
	"ranksweep/reproduction"
	"ranksweep/results"
	"ranksweep/userfile"
)

// The files in which a report gives its claims, and its numbers of best rates, to programs.
const (
	ClaimsFile = "claims.csv"
	RatesFile  = "rates.csv"
)

// WriteQuoted writes both files into a folder.
func (r Reproduction) WriteQuoted(folder string) error {
	var claims, rates [][]string
	for _, f := range r.numbered() {
		claims = append(claims, []string{strconv.Itoa(f.number), f.Key, f.Name, f.Size,
			strings.TrimPrefix(atBase, "at "), f.Standing.code(), f.Larger.Standing.code()})
		for _, n := range f.Rates {
			rates = append(rates, []string{f.Key, n.Optimizer, number.Exact(n.P), n.Quantity,
				number.Exact(n.Value), number.Exact(n.Low), number.Exact(n.High), strconv.Itoa(n.Seeds),
				strconv.Itoa(n.Smallest), strconv.Itoa(n.Largest)})
		}
	}
	if err := writeRows(filepath.Join(folder, ClaimsFile), claimTexts, claims); err != nil {
		return err
	}
	return writeRows(filepath.Join(folder, RatesFile), rateTexts, rates)
}

// writeRows replaces a CSV file.
func writeRows(path string, columns []results.Column, rows [][]string) error {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write(namesOf(columns)) // a Buffer takes everything
	w.WriteAll(rows)
	return writeFile(path, b.Bytes())
}

// readRows reads the rows of a file that writeRows wrote, without its head. A missing file has none.
func readRows(path string, columns []results.Column) ([][]string, error) {
	data, err := userfile.Read(path, userfile.Settings)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("paper: %w", err)
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = len(columns)
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("paper: %s: %w", path, err)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("paper: %s: is empty: must begin with the columns %q", path, namesOf(columns))
	}
	if head := namesOf(columns); !slices.Equal(rows[0], head) {
		return nil, fmt.Errorf("paper: %s:1: columns %q: must be %q", path, rows[0], head)
	}
	return rows[1:], nil
}

// claimTexts are the columns of claims.csv.
var claimTexts = []results.Column{
	{Name: "number", Meaning: "the claim's number in REPRODUCTION.md"},
	{Name: "claim", Meaning: "its key, which never changes"},
	{Name: "name", Meaning: "the claim in a sentence"},
	{Name: "runs", Meaning: "optimizers, learning rates, steps, ranks and seeds of its study"},
	{Name: "parameters", Meaning: "size of the embedded model, on which it was judged"},
	{Name: "standing", Meaning: "not-run, partial, unresolved, not-seen or seen, on that model"},
	{Name: "standing_larger", Meaning: "the same on the larger model"},
}

// rateTexts are the columns of rates.csv.
var rateTexts = []results.Column{
	{Name: "claim", Meaning: "key of the claim whose study measured it"},
	{Name: "optimizer", Meaning: "optimizer"},
	{Name: "p", Meaning: "power of the rank in the multiplier, which is alpha divided by that power"},
	{Name: "quantity", Meaning: "best-rate-power: the power of rank of the best learning rate; best-rate-curvature: " +
		"the coefficient of the squared logarithm of the rank, which is 0 for a power; best-rates-left-out: how " +
		"many best rates lie at an edge of those tried, and are missing from the power; best-rates-beside-wall: how " +
		"many lie next to a rate at which training failed; its ends are the powers if each of these were the rate " +
		"tried below it, or the one above it; transfer-regret: how much higher the loss at the largest " +
		"rank is, in percent of what the best rate learned, with a rate tuned at the " +
		"smallest rank and multiplied by the power -(1-p)/2 of the ratio of the ranks; transfer-most: the same of " +
		"the pair of seeds for which it is highest, one that is tuned and one that is trained"},
	{Name: "value", Unit: "of the quantity", Meaning: "mean over seeds"},
	{Name: "ci_low", Unit: "of the quantity", Meaning: "lower end of its 95% interval over seeds, with " +
		"the error from validation; empty without one"},
	{Name: "ci_high", Unit: "of the quantity", Meaning: "upper end of it"},
	{Name: "n", Meaning: "seeds"},
	{Name: "smallest_rank", Meaning: "the smallest rank"},
	{Name: "largest_rank", Meaning: "the largest rank"},
}

// newRate is a number of arms that differ only in their rate. Its claim is known when it is written.
func newRate(group []analysis.Arm, quantity string, i stats.Interval) reproduction.Rate {
	ranks := ranksOf(cellsOf(group))
	return reproduction.Rate{Optimizer: group[0].Optimizer, P: group[0].Powers.P, Quantity: quantity,
		Value: i.Mean, Low: i.Low, High: i.High, Seeds: i.N, Smallest: ranks[0], Largest: ranks[len(ranks)-1]}
}
