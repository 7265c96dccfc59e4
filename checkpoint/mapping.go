package checkpoint

// mapping is a file's content. Where the system maps files into memory, no
// page of it takes memory before it is read, processes share pages, and a page
// that is written to becomes the process's own, so that the file stays as it
// is. A file that is made shorter meanwhile ends the process: Save and others
// that replace a file whole leave the old one to those who use it.
type mapping struct {
	content []byte
	mapped  bool
}
