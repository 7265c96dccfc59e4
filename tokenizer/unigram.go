package tokenizer

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"
)

// unigram encodes one piece of text by the most probable sequence of tokens (Kudo 2018,
// arXiv:1804.10959), which it finds by the Viterbi algorithm.
type unigram struct {
	vocab        map[string]int32
	tokens       prefixes
	ids          []int32   // ids of tokens
	scores       []float64 // logarithms of the probabilities of tokens
	unknown      int32
	unknownScore float64
	bytes        [256]int32 // the token of each byte to fall back on, or none
}

// unknownPenalty is the difference between the score of the rarest token and the score of an unknown
// character, as in SentencePiece (unigram_model.cc, kUnkPenalty).
const unknownPenalty = 10

// step is the best path to a position in a piece.
type step struct {
	score float64
	from  int32 // beginning of its last token, or none
	id    int32
}

// scoredToken is a list of a token and its score.
type scoredToken struct {
	text  string
	score float64
}

// UnmarshalJSON reads the list.
func (t *scoredToken) UnmarshalJSON(b []byte) error {
	list := []any{&t.text, &t.score}
	if err := json.Unmarshal(b, &list); err != nil {
		return err
	}
	if len(list) != 2 {
		return fmt.Errorf("token %s: must be a text and a score", b)
	}
	return nil
}

func newUnigram(j *modelJSON) (*unigram, error) {
	var list []scoredToken
	if err := json.Unmarshal(j.Vocab, &list); err != nil {
		return nil, fmt.Errorf("vocab: %w", err)
	}
	if j.UnknownID == nil {
		return nil, errors.New("unk_id: must name a token")
	}
	if id := *j.UnknownID; id < 0 || int(id) >= len(list) {
		return nil, fmt.Errorf("unk_id %d: must be from 0 to %d, the last token", id, len(list)-1)
	}
	u := &unigram{vocab: make(map[string]int32, len(list)), unknown: *j.UnknownID, unknownScore: math.Inf(1)}
	order := make([]int32, len(list))
	for id, t := range list {
		if other, ok := u.vocab[t.text]; ok {
			return nil, fmt.Errorf("vocab: token %q has two ids, %d and %d", t.text, other, id)
		}
		u.vocab[t.text] = int32(id)
		u.unknownScore = min(u.unknownScore, t.score)
		order[id] = int32(id)
	}
	u.unknownScore -= unknownPenalty
	slices.SortFunc(order, func(a, b int32) int {
		if list[a].text < list[b].text {
			return -1
		}
		return 1
	})
	var texts []string
	for _, id := range order {
		if t := list[id]; t.text != "" {
			texts, u.ids, u.scores = append(texts, t.text), append(u.ids, id), append(u.scores, t.score)
		}
	}
	u.tokens = newPrefixes(texts)
	for b := range u.bytes {
		u.bytes[b] = none
		if id, ok := u.vocab[byteToken(byte(b))]; ok && j.ByteFallback {
			u.bytes[b] = id
		}
	}
	return u, nil
}

func (u *unigram) encode(ids []int32, piece string, s *scratch) []int32 {
	s.path = s.path[:0]
	for range len(piece) + 1 {
		s.path = append(s.path, step{from: none})
	}
	s.path[0].from = 0
	for at := 0; at < len(piece); {
		_, size := utf8.DecodeRuneInString(piece[at:])
		single := false
		steps := u.tokens.find(piece[at:], func(i int) {
			length := len(u.tokens.texts[i])
			single = single || length == size
			s.reach(at, length, u.ids[i], u.scores[i])
		})
		if len(piece) > longPiece { // the ids of a short piece may be remembered, without these steps
			s.spend(steps)
		}
		if !single {
			s.reach(at, size, u.unknown, u.unknownScore)
		}
		at += size
	}
	return u.trace(ids, piece, s.path)
}

// reach records a token at a position of the piece if it gives a better path.
func (s *scratch) reach(at, size int, id int32, score float64) {
	score += s.path[at].score
	if end := &s.path[at+size]; end.from == none || score > end.score {
		*end = step{score, int32(at), id}
	}
}

// trace appends the tokens of the best path. Neighbouring unknown characters count as one text: they
// become the tokens of their bytes, if all of these exist, or else one unknown token.
func (u *unigram) trace(ids []int32, piece string, path []step) []int32 {
	begin := len(ids)
	for end := len(piece); end > 0; {
		at := path[end]
		from := int(at.from)
		if at.id != u.unknown {
			ids = append(ids, at.id)
			end = from
			continue
		}
		for from > 0 && path[from].id == u.unknown {
			from = int(path[from].from)
		}
		ids = u.appendUnknown(ids, piece[from:end])
		end = from
	}
	slices.Reverse(ids[begin:])
	return ids
}

// appendUnknown appends the ids of text in reverse order.
func (u *unigram) appendUnknown(ids []int32, text string) []int32 {
	if id, ok := u.vocab[text]; ok { // the joined characters may be a token
		return append(ids, id)
	}
	for i := range len(text) {
		if u.bytes[text[i]] == none {
			return append(ids, u.unknown)
		}
	}
	for i := len(text) - 1; i >= 0; i-- {
		ids = append(ids, u.bytes[text[i]])
	}
	return ids
}
