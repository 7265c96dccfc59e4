// Package hub downloads models from the Hugging Face hub into a cache, which it shares with
// the Python package huggingface_hub:
//
//	models--ORG--NAME/
//	    blobs/CHECKSUM              a file's content
//	    blobs/CHECKSUM.incomplete   the part of it that has arrived
//	    snapshots/COMMIT/FILE       a link to its blob
//	    refs/REVISION               the commit of a branch or tag
//
// A blob gets its name once it is complete and its checksum is right. The first time that a client
// uses a blob, it compares the checksum again, since disks lose bits. Processes that fetch the same
// file take turns by a lock, which hosts that share a cache must share too. A revision is recorded
// once all requested files of its snapshot are there. Weights are downloaded as safetensors
// or GGUF only, since other formats can contain programs.
package hub
