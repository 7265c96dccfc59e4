package checkpoint

// mapping is a file's content. If the system maps files into memory, a page takes no memory
// before it is read, and processes share pages. A page that is written to is copied for the
// process, so that the file does not change. If a file becomes shorter while it is mapped,
// the process crashes. Programs that replace a file as a whole, as Save does, avoid that: the
// old file stays for the processes that use it.
type mapping struct {
	content []byte
	mapped  bool
}
