package paper

import (
	"bytes"
	"fmt"
	"path/filepath"

	"ranksweep/chart"
	"ranksweep/paper/figure"
	"ranksweep/paper/table"
	"ranksweep/wholefile"
)

// WriteFigures writes each figure to dir/figures: NAME in each format, all if none is named, its caption as NAME.txt,
// and its data as NAME.csv. A file is replaced whole or not at all.
func WriteFigures(figures []figure.Figure, dir string, formats ...string) error {
	if len(formats) == 0 {
		formats = chart.Formats
	}
	for _, f := range figures {
		if err := write(f, figureTable(f), dir, formats); err != nil {
			return err
		}
	}
	return nil
}

func write(f figure.Figure, data table.Table, dir string, formats []string) error {
	dir = filepath.Join(dir, "figures")
	for _, format := range formats {
		if err := writeFigure(f, dir, figure.Format(format)); err != nil {
			return err
		}
	}
	return writeData(f, data, dir)
}

// writeData writes the caption of a figure to dir/NAME.txt, and its data to dir/NAME.csv.
func writeData(f figure.Figure, data table.Table, dir string) error {
	if err := writeFile(filepath.Join(dir, f.Name+".txt"), []byte(f.Caption+"\n")); err != nil {
		return err
	}
	return writeTable(data, dir)
}

// Write writes the chart to dir/figures: NAME in each of its formats, its caption as NAME.txt, and its data as
// NAME.csv. A file is replaced whole or not at all.
func (c Chart) Write(dir string) error { return write(c.Figure(), c.Table(), dir, c.Format) }

// WriteFigures writes every figure of the findings to dir/NAME.png.
func (r Reproduction) WriteFigures(dir string) error {
	for _, f := range r.Figures() {
		if err := writeFigure(f, dir, figure.PNG); err != nil {
			return err
		}
	}
	return nil
}

// writeFigure writes a figure in one format to dir/NAME.FORMAT, replaced whole.
func writeFigure(f figure.Figure, dir string, format figure.Format) error {
	file, err := f.Encode(format)
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, f.Name+"."+string(format)), file)
}

// Tables returns the tables of a view: if it is of several stores, what they hold and how they differ; a summary
// with a row for each cell; if there are ranks,
// exponents with a row for each arm and statistic; comparisons, if there are two cells; and if
// cells were tuned, the tuning with a row for each cell and candidate. It is an error if there
// is no run.
func Tables(v View) ([]table.Table, error) {
	if len(v.arms) == 0 {
		return nil, errNoRuns
	}
	var tables []table.Table
	if len(v.stores) > 1 {
		tables = append(tables, storesTable(v.stores))
	}
	tables = append(tables, summaryTable(v))
	if t := exponentsTable(v, measuredStatistics(v)); len(t.Rows) > 0 {
		tables = append(tables, t)
	}
	if t := allComparisonsTable(v); len(t.Rows) > 0 {
		tables = append(tables, t)
	}
	if len(v.Choices) > 0 {
		t := tuningTable(v.Choices)
		t.Caption = v.covered() + t.Caption
		tables = append(tables, t)
	}
	return tables, nil
}

// WriteTables writes each table to dir/tables/NAME.csv, replaced whole or not at all.
func WriteTables(tables []table.Table, dir string) error {
	for _, t := range tables {
		if err := writeTable(t, filepath.Join(dir, "tables")); err != nil {
			return err
		}
	}
	return nil
}

// writeTable writes a table to dir/NAME.csv, replaced whole.
func writeTable(t table.Table, dir string) error {
	var b bytes.Buffer
	if err := t.WriteCSV(&b); err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, t.Name+".csv"), b.Bytes())
}

// writeFile replaces a file, and makes its folder if need be.
func writeFile(path string, data []byte) error {
	if err := wholefile.WriteBytes(path, data); err != nil {
		return fmt.Errorf("paper: %w", err)
	}
	return nil
}
