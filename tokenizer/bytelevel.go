package tokenizer

// gpt2Pattern is how GPT-2 splits text before merging
// (https://github.com/openai/gpt-2/blob/master/src/encoder.py).
const gpt2Pattern = `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`

var findGPT2 = func() finder {
	p := gpt2Pattern
	find, err := pattern{Regex: &p}.finder()
	if err != nil {
		panic(err) // it is a constant
	}
	return find
}()

// byteRunes is the alphabet in which byte-level vocabularies are spelt, a
// character for each byte: the byte's own in Latin-1 where that one is
// printable, and the next from U+0100 on otherwise. runeBytes has the byte of
// each of these characters, and none for others.
var byteRunes, runeBytes = func() (runes [256]rune, bytes [0x100 + 68]int16) {
	for r := range bytes {
		bytes[r] = none
	}
	next := rune(0x100)
	for i := range runes {
		r := rune(i)
		if !('!' <= r && r <= '~' || '¡' <= r && r <= '¬' || '®' <= r && r <= 'ÿ') {
			r = next
			next++
		}
		runes[i] = r
		bytes[r] = int16(i)
	}
	return runes, bytes
}()

// appendSpelled appends the bytes that a token of a byte-level vocabulary
// stands for; ok is false where it has characters outside the alphabet.
func appendSpelled(b []byte, token string) (_ []byte, ok bool) {
	for _, r := range token {
		if int(r) >= len(runeBytes) || runeBytes[r] == none {
			return b, false
		}
		b = append(b, byte(runeBytes[r]))
	}
	return b, true
}

// decodeByteLevel joins tokens that are spelt in the byte alphabet; others,
// such as added tokens, stand for themselves.
func decodeByteLevel(tokens []string) []string {
	b := make([]byte, 0, 4*len(tokens)) // about the length of English ones
	for _, token := range tokens {
		spelled, ok := appendSpelled(b, token)
		if !ok {
			spelled = append(b, token...)
		}
		b = spelled
	}
	return []string{wellFormed(string(b))}
}

// endOfText separates documents of the byte tokenizer.
const endOfText = "<|endoftext|>"

// NewByteTokenizer returns the tokenizer of models that read bytes: byte b is
// token b, and 256 is "<|endoftext|>", the EOS. There is no BOS. It is a
// byte-level BPE without merges, so that its files load everywhere.
func NewByteTokenizer() Tokenizer {
	spelling := make([]string, len(byteRunes))
	for b, r := range byteRunes {
		spelling[b] = string(r)
	}
	return newByteLevel(spelling, [][2]string{}, false)
}

// newByteLevel returns the byte-level BPE of tokens by their spelling in the
// byte alphabet, followed by an EOS; split tells whether text is cut as GPT-2
// does before it is merged.
func newByteLevel(spelling []string, merges [][2]string, split bool) Tokenizer {
	type object = map[string]any
	vocab := make(map[string]int, len(spelling))
	for id, text := range spelling {
		vocab[text] = id
	}
	step := object{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": split}
	content := encodeJSON(object{
		"version":       "1.0",
		"added_tokens":  []addedToken{{ID: int32(len(vocab)), Content: endOfText, Special: true}},
		"pre_tokenizer": step,
		"decoder":       step,
		"model":         object{"type": "BPE", "vocab": vocab, "merges": merges},
	})
	p, err := parseTokenizer(content)
	if err == nil {
		err = p.setSettings(encodeJSON(object{
			"tokenizer_class": "PreTrainedTokenizerFast",
			"eos_token":       endOfText,
		}))
	}
	if err != nil {
		panic(err) // both files are made here
	}
	return p
}
