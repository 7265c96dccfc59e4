package eventfile

import (
	"encoding/binary"
	"testing"
)

// The checksum of "123456789" is 0xe3069283 (RFC 3720, B.4, has others of CRC32C); masked, that is 0xc78ab0e5.
func TestRecord(t *testing.T) {
	got := appendRecord(nil, []byte("123456789"))
	if len(got) != 8+4+9+4 || binary.LittleEndian.Uint64(got) != 9 || string(got[12:21]) != "123456789" {
		t.Fatalf("record %q", got)
	}
	if sum := binary.LittleEndian.Uint32(got[21:]); sum != 0xc78ab0e5 {
		t.Errorf("checksum %#x", sum)
	}
}
