package tokenizer

import (
	"maps"
	"slices"
	"strings"
)

// ggufPre is the meaning of a name in tokenizer.ggml.pre.
type ggufPre struct {
	patterns     []string // text is split by each pattern in turn
	nfc          bool     // normalize to NFC, as in the model's tokenizer.json; llama.cpp does not
	ignoreMerges bool
	addBOS       bool // begin with BOS, if the file does not say
}

// The regular expressions are those of the models' tokenizer.json.
const (
	llama3Pattern = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|` +
		`\s*[\r\n]+|\s+(?!\S)|\s+`
	qwen2Pattern = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|` +
		`\s*[\r\n]+|\s+(?!\S)|\s+`
	qwen35Pattern = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}|` +
		` ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	o200kPattern = `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+` +
		`(?i:'s|'t|'re|'ve|'m|'ll|'d)?|` +
		`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*` +
		`(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	tekkenPattern = `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|` +
		`[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}|` +
		` ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`
)

var (
	gpt2Pre   = ggufPre{patterns: []string{gpt2Pattern}}
	digitsPre = ggufPre{patterns: []string{`\p{N}`, gpt2Pattern}}
	llama3Pre = ggufPre{patterns: []string{llama3Pattern}, ignoreMerges: true, addBOS: true}
	// llama.cpp's fallback for unknown names.
	defaultPre = ggufPre{patterns: []string{`[\p{P}\$\+<=>\^~\|]+`, gpt2Pattern, `\p{N}+`, `[0-9][0-9][0-9]`}}
)

// preTokenizersOf has the names in tokenizer.ggml.pre that are known here, some of those that
// llama.cpp knows (src/llama-vocab.cpp, llama_vocab::impl::load).
var preTokenizersOf = map[string]ggufPre{
	"":                 defaultPre,
	"default":          defaultPre,
	"gpt-2":            gpt2Pre,
	"phi-2":            gpt2Pre,
	"mpt":              gpt2Pre,
	"jais":             gpt2Pre,
	"exaone4":          gpt2Pre,
	"olmo":             {patterns: []string{gpt2Pattern}, nfc: true},
	"smollm":           digitsPre,
	"starcoder":        digitsPre,
	"refact":           digitsPre,
	"codeshell":        digitsPre,
	"exaone":           digitsPre,
	"minerva-7b":       digitsPre,
	"command-r":        {patterns: digitsPre.patterns, nfc: true},
	"llama-bpe":        llama3Pre,
	"llama3":           llama3Pre,
	"llama-v3":         llama3Pre,
	"falcon3":          llama3Pre,
	"falcon-h1":        llama3Pre,
	"lfm2":             llama3Pre,
	"dbrx":             {patterns: []string{llama3Pattern}},
	"smaug-bpe":        {patterns: []string{llama3Pattern}},
	"glm4":             {patterns: []string{llama3Pattern}},
	"chatglm-bpe":      {patterns: []string{llama3Pattern}},
	"qwen2":            {patterns: []string{qwen2Pattern}, nfc: true},
	"deepseek-r1-qwen": {patterns: []string{qwen2Pattern}, nfc: true},
	"megrez":           {patterns: []string{qwen2Pattern}, nfc: true},
	"qwen35":           {patterns: []string{qwen35Pattern}, nfc: true},
	"stablelm2":        {patterns: []string{qwen2Pattern}},
	"tekken":           {patterns: []string{tekkenPattern}, ignoreMerges: true, addBOS: true},
	"gpt-4o":           {patterns: []string{o200kPattern}},
	"llama4":           {patterns: []string{o200kPattern}},
	"falcon":           {patterns: []string{"[\\p{P}\\$\\+<=>\\^~\\|`]+", gpt2Pattern, `[0-9][0-9][0-9]`}},
	"deepseek-coder":   {patterns: []string{`[\r\n]`, `\s?\p{L}+`, `\s?\p{P}+`, `[一-龥ࠀ-一가-퟿]+`, `\p{N}`}},
	"deepseek-v3": {patterns: []string{
		`\p{N}{1,3}`,
		`[一-龥぀-ゟ゠-ヿ]+`,
		"[!\"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~][A-Za-z]+" +
			`|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`,
	}},
}

func knownPres() string {
	names := slices.Sorted(maps.Keys(preTokenizersOf))
	return strings.Join(names[1:], ", ") // without ""
}
