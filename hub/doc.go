// Package hub fetches models from the Hugging Face hub into its cache, which
// it shares with the Python package huggingface_hub:
//
//	models--ORG--NAME/
//	    blobs/CHECKSUM              a file's content
//	    blobs/CHECKSUM.incomplete   as much of it as has come
//	    snapshots/COMMIT/FILE       a link to its blob
//	    refs/REVISION               the commit of a branch or tag
//
// A blob is named by its checksum and gets that name when it is whole and has
// been held to it. A revision is recorded when all files of its snapshot that
// are asked for are there. Nothing but safetensors and GGUF is fetched of
// weights: other forms are programs.
package hub
