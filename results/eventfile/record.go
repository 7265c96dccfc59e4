// Package eventfile writes event files, which TensorBoard reads: TFRecords of the protocol buffers that
// tensorboard/compat/proto/event.proto and summary.proto describe. Few of their fields are needed, and these are
// written one by one.
package eventfile

import (
	"encoding/binary"
	"hash/crc32"
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendRecord appends a TFRecord: the length of data, its checksum, data, and theirs.
func appendRecord(file, data []byte) []byte {
	head := binary.LittleEndian.AppendUint64(nil, uint64(len(data)))
	file = binary.LittleEndian.AppendUint32(append(file, head...), masked(head))
	return binary.LittleEndian.AppendUint32(append(file, data...), masked(data))
}

// masked is the checksum of data as TensorFlow's lib/hash/crc32c.h masks it: turned by 15 bits, and shifted by a
// constant, so that the checksum of data that hold a checksum is unlike it.
func masked(data []byte) uint32 {
	sum := crc32.Checksum(data, castagnoli)
	return (sum>>15 | sum<<17) + 0xa282ead8
}
