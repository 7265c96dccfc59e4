package data

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ranksweep/misspelt"
	"ranksweep/userfile"
)

// otherFormat is a form of data that is not read here, and the command that converts a file of
// it. In the command, FILE stands for the file's name, and STEM and END for its parts.
type otherFormat struct {
	what    string
	endings []string // of names
	magics  []string // with which its files begin
	convert string
}

// pandas returns a command that reads a table by a function of pandas.
func pandas(read string) string {
	return `python3 -c "import pandas as p; p.` + read + `.to_json('FILE.jsonl', orient='records', lines=True)"`
}

var otherFormats = []otherFormat{
	{"a table in CSV", []string{".csv"}, nil, pandas("read_csv('FILE', keep_default_na=False)")},
	{"a table in TSV", []string{".tsv"}, nil, pandas(`read_csv('FILE', sep='\t', keep_default_na=False)`)},
	{"a Parquet file", []string{".parquet"}, []string{"PAR1"}, pandas("read_parquet('FILE')")},
	{"an Arrow or Feather file", []string{".feather"}, []string{"ARROW1", "FEA1"}, pandas("read_feather('FILE')")},
	{"an Arrow file", []string{".arrow"}, []string{"\xff\xff\xff\xff"},
		`python3 -c "import datasets as d; d.Dataset.from_file('FILE').to_json('FILE.jsonl')"`},
	{"a workbook", []string{".xlsx", ".xls", ".ods"}, nil, pandas("read_excel('FILE')")},
	{"a PDF document", []string{".pdf"}, []string{"%PDF-"}, "pdftotext 'FILE' 'STEM.txt'"},
	{"a zip archive", []string{".zip"}, []string{"PK\x03\x04"}, "unzip 'FILE'"},
	{"a tar archive", []string{".tar", ".tgz"}, nil, "tar -xf 'FILE'"},
	{"packed by Zstandard", []string{".zst"}, []string{"\x28\xb5\x2f\xfd"}, "zstd -d 'FILE'"},
	{"packed by xz", []string{".xz"}, []string{"\xfd7zXZ"}, "xz -d 'FILE'"},
	{"packed by bzip2", []string{".bz2"}, []string{"BZh"}, "bzip2 -d 'FILE'"},
	{"packed by gzip twice", nil, []string{gzipMagic}, "gunzip 'FILE'"},
	{"a pickle of Python", []string{".pkl", ".pickle"}, nil, pandas("read_pickle('FILE')")},
	{"text in UTF-32", nil, []string{"\xff\xfe\x00\x00", "\x00\x00\xfe\xff"}, iconv("UTF-32")},
	{"text in UTF-16", nil, []string{"\xff\xfe", "\xfe\xff"}, iconv("UTF-16")},
	{"a pointer of Git LFS, not the file itself", nil, []string{"version https://git-lfs"}, "git lfs pull"},
}

func iconv(from string) string { return "iconv -f " + from + " -t UTF-8 'FILE' > 'STEM.utf8END'" }

func (f otherFormat) refuse(path string) error {
	end := filepath.Ext(path)
	command := strings.NewReplacer("FILE", path, "STEM", strings.TrimSuffix(path, end), "END", end).Replace(f.convert)
	return fmt.Errorf("%s: it is %s, which is not read here; this may convert it: %s", path, f.what, command)
}

// refuseName returns an error about a source that is not read.
func refuseName(path string) error {
	for _, f := range otherFormats {
		if slices.Contains(f.endings, ending(path)) {
			return f.refuse(path)
		}
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s: it is a folder: name a file in it", path)
	}
	meant, ok := misspelt.Nearest(path, Recipes())
	if !ok {
		meant, ok = neighbour(path)
	}
	hint := ""
	if ok {
		hint = fmt.Sprintf("did you mean %q? ", meant)
	}
	return fmt.Errorf("unknown source %q: %smust be a .jsonl, .json or .txt file, packed by gzip or not, or one of %s",
		path, hint, strings.Join(Recipes(), ", "))
}

// refuseMagic returns an error if a file begins like one of another format.
func refuseMagic(path string, begin []byte) error {
	for _, f := range otherFormats {
		for _, magic := range f.magics {
			if bytes.HasPrefix(begin, []byte(magic)) {
				return f.refuse(path)
			}
		}
	}
	// The first character of text is hardly ever beyond Latin, nor is it the number 0.
	if len(begin) > 1 && begin[0] != begin[1] {
		if begin[0] == 0 {
			return otherFormat{what: "text in UTF-16", convert: iconv("UTF-16BE")}.refuse(path)
		}
		if begin[1] == 0 {
			return otherFormat{what: "text in UTF-16", convert: iconv("UTF-16LE")}.refuse(path)
		}
	}
	if err := userfile.Mistaken(begin); err != nil && ending(path) != ".txt" {
		return fmt.Errorf("%s: %w", path, err)
	}
	// Images, archives and databases begin with such bytes, and no text does.
	if at := bytes.IndexFunc(begin, isNoText); at >= 0 {
		return fmt.Errorf("%s: byte %d is %#02x: it is no text file, but something else by that name",
			path, at+1, begin[at])
	}
	return nil
}

func isNoText(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\n\v\f\r\x1b", r) }
