package kernel

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

// handEncoded matches the instructions that the generator encodes by hand.
var handEncoded = regexp.MustCompile(`\tLONG +\$(0x[0-9a-f]+)\n\tWORD +\$(0x[0-9a-f]+)\n`)

// disassembled matches VDPBF16PS as objdump writes it, with the registers of its operands.
var disassembled = regexp.MustCompile(`vdpbf16ps %[yz]mm2[89],%[yz]mm30,%[yz]mm(\d|1\d|2[0-7])\n`)

func TestHandEncodedInstructions(t *testing.T) {
	objdump, err := exec.LookPath("objdump")
	if err != nil {
		t.Skip("objdump is missing")
	}
	text, err := os.ReadFile("kernel_amd64.s")
	if err != nil {
		t.Fatal(err)
	}
	var code []byte
	encoded := handEncoded.FindAllSubmatch(text, -1)
	for _, words := range encoded {
		code = binary.LittleEndian.AppendUint32(code, uint32(number(t, words[1])))
		code = binary.LittleEndian.AppendUint16(code, uint16(number(t, words[2])))
	}
	file := filepath.Join(t.TempDir(), "code")
	if err := os.WriteFile(file, code, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(objdump, "-D", "-b", "binary", "-m", "i386:x86-64", file).CombinedOutput()
	if err != nil {
		t.Skipf("objdump does not read amd64: %v", err)
	}
	// Tiles of 1 to 14 rows and one, one and two vectors.
	const want = 14 * 15 / 2 * 4
	if got := len(disassembled.FindAll(out, -1)); len(encoded) != want || got != want {
		t.Errorf("of %d instructions %d are VDPBF16PS, want %d:\n%s", len(encoded), got, want, out)
	}
}

func number(t *testing.T, text []byte) uint64 {
	n, err := strconv.ParseUint(string(text), 0, 32)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
