package tokenizer

// gpt2Pattern is the expression by which GPT-2 splits text before merging
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

// byteRunes is the alphabet of byte-level vocabularies, with a character for each byte: the
// byte's Latin-1 character if that is printable, and otherwise the next character from U+0100
// on. runeBytes has the byte of each of these characters, and none for others.
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

// appendSpelled appends the bytes that a token of a byte-level vocabulary stands for; ok is
// false if the token has characters outside the alphabet.
func appendSpelled(b []byte, token string) (_ []byte, ok bool) {
	for _, r := range token {
		if int(r) >= len(runeBytes) || runeBytes[r] == none {
			return b, false
		}
		b = append(b, byte(runeBytes[r]))
	}
	return b, true
}

// decodeByteLevel joins tokens that are spelt in the byte alphabet. Other tokens, such as
// added ones, stand for themselves.
func decodeByteLevel(b *budget, tokens []string) []string {
	text := make([]byte, 0, 4*len(tokens)) // about the length of English tokens
	for _, token := range tokens {
		spelled, ok := appendSpelled(text, token)
		if !ok {
			spelled = append(text, token...)
		}
		text = spelled
	}
	return []string{b.made(wellFormed(string(text)))}
}

// endOfText separates documents of the byte tokenizer.
const endOfText = "<|endoftext|>"

// NewByteTokenizer returns a tokenizer for models that read bytes: byte b is token b, and 256
// is "<|endoftext|>", the EOS. There is no BOS. It is a byte-level BPE without merges, so that
// other programs can load its files too.
func NewByteTokenizer() Tokenizer {
	spelling := make([]string, len(byteRunes))
	for b, r := range byteRunes {
		spelling[b] = string(r)
	}
	return newByteLevel(spelling, [][2]string{}, false)
}

// newByteLevel returns a byte-level BPE whose tokens have the given spelling in the byte
// alphabet, followed by an EOS. If split is set, text is split as by GPT-2 before merging.
func newByteLevel(spelling []string, merges [][2]string, split bool) Tokenizer {
	type object = map[string]any
	vocab := make(map[string]int, len(spelling))
	for id, text := range spelling {
		vocab[text] = id
	}
	step := object{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": split}
	p, err := fromContents(object{
		"version":       "1.0",
		"added_tokens":  []addedToken{{ID: int32(len(vocab)), Content: endOfText, Special: true}},
		"pre_tokenizer": step,
		"decoder":       step,
		"model":         object{"type": "BPE", "vocab": vocab, "merges": merges},
	}, object{"tokenizer_class": "PreTrainedTokenizerFast", "eos_token": endOfText})
	if err != nil {
		panic(err) // both files are made here
	}
	return p
}
