package table

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// latexCharacters is how pdfLaTeX writes characters that mean something else to it, or that its usual fonts lack.
var latexCharacters = map[rune]string{
	'\\': `\textbackslash{}`, '{': `\{`, '}': `\}`, '$': `\$`, '&': `\&`, '#': `\#`, '%': `\%`, '_': `\_`,
	'^': `\textasciicircum{}`, '~': `\textasciitilde{}`, '<': `\textless{}`, '>': `\textgreater{}`,
	'|': `\textbar{}`, '"': `\char"22{}`, '`': `\textasciigrave{}`,
	'\u00a0': `~`, '–': `\textendash{}`, '—': `\textemdash{}`, '‘': `\textquoteleft{}`, '’': `\textquoteright{}`,
	'“': `\textquotedblleft{}`, '”': `\textquotedblright{}`, '…': `\dots{}`, '•': `\textbullet{}`,
	'ß': `\ss{}`, 'æ': `\ae{}`, 'Æ': `\AE{}`, 'ø': `\o{}`, 'Ø': `\O{}`, 'ł': `\l{}`, 'Ł': `\L{}`, 'œ': `\oe{}`,
	'Œ': `\OE{}`, 'ı': `\i{}`, '§': `\S{}`, '©': `\copyright{}`,
}

// latexMath are the characters that pdfLaTeX has in formulas.
var latexMath = map[rune]string{
	'±': `\pm`, '×': `\times`, '·': `\cdot`, '÷': `\div`, '√': `\surd`, '∞': `\infty`, '‖': `\|`, '∇': `\nabla`,
	'∂': `\partial`, '∘': `\circ`, '°': `^\circ`, '≤': `\le`, '≥': `\ge`, '≈': `\approx`, '≠': `\ne`, '∝': `\propto`,
	'≪': `\ll`, '≫': `\gg`, '→': `\to`, '←': `\gets`, '∈': `\in`, '−': `-`, '½': `\frac12`, '¼': `\frac14`,
	'¾': `\frac34`, 'µ': `\mu`, '¬': `\neg`, 'ᵀ': `^T`,
	'Γ': `\Gamma`, 'Δ': `\Delta`, 'Θ': `\Theta`, 'Λ': `\Lambda`, 'Ξ': `\Xi`, 'Π': `\Pi`, 'Σ': `\Sigma`, 'Φ': `\Phi`,
	'Ψ': `\Psi`, 'Ω': `\Omega`, 'α': `\alpha`, 'β': `\beta`, 'γ': `\gamma`, 'δ': `\delta`, 'ε': `\epsilon`,
	'ζ': `\zeta`, 'η': `\eta`, 'θ': `\theta`, 'ι': `\iota`, 'κ': `\kappa`, 'λ': `\lambda`, 'μ': `\mu`, 'ν': `\nu`,
	'ξ': `\xi`, 'π': `\pi`, 'ρ': `\rho`, 'σ': `\sigma`, 'τ': `\tau`, 'υ': `\upsilon`, 'φ': `\phi`, 'χ': `\chi`,
	'ψ': `\psi`, 'ω': `\omega`,
}

// latexAccents are the commands for marks above and below a letter.
var latexAccents = map[rune]string{
	0x300: "`", 0x301: "'", 0x302: "^", 0x303: "~", 0x304: "=", 0x306: "u", 0x307: ".", 0x308: `"`, 0x30a: "r",
	0x30b: "H", 0x30c: "v", 0x323: "d", 0x327: "c", 0x331: "b",
}

// latex writes a text so that LaTeX prints it as it is. A character that pdfLaTeX cannot print is named by its
// number. Two hyphens would be a dash, and a bracket or a star at the beginning of a row would belong to the end of
// the row before.
func latex(text string) string {
	var b strings.Builder
	if strings.HasPrefix(text, "[") || strings.HasPrefix(text, "*") {
		b.WriteString("{}")
	}
	letters := []rune(norm.NFD.String(text))
	for i := 0; i < len(letters); i++ {
		r := letters[i]
		written, known := latexCharacters[r]
		switch digits := raisedDigits(letters[i:]); {
		case digits != "":
			written = `\textsuperscript{` + digits + `}`
			i += len(digits) - 1
		case r == '-' && isMinus(letters, i):
			written = `\ensuremath{-}`
		case r == '-' && i+1 < len(letters) && letters[i+1] == '-':
			written = "-{}"
		case !known:
			written = latexOther(r)
		}
		for ; i+1 < len(letters) && latexAccents[letters[i+1]] != ""; i++ {
			written = fmt.Sprintf(`\%s{%s}`, latexAccents[letters[i+1]], written)
		}
		b.WriteString(written)
	}
	return b.String()
}

// raisedDigits are the digits that stand raised at the beginning of a text.
func raisedDigits(letters []rune) (digits string) {
	for _, r := range letters {
		digit := slices.Index(raised, r)
		if digit < 0 {
			break
		}
		digits += strconv.Itoa(digit)
	}
	return digits
}

// isMinus reports whether a hyphen is the sign of a number.
func isMinus(letters []rune, i int) bool {
	begins := i == 0 || strings.ContainsRune(" [(^", letters[i-1])
	return begins && i+1 < len(letters) && unicode.IsDigit(letters[i+1])
}

// latexOther writes a character that is not in latexCharacters.
func latexOther(r rune) string {
	switch command := latexMath[r]; {
	case command != "":
		return `\ensuremath{` + command + `}`
	case unicode.IsSpace(r) || unicode.IsControl(r):
		return " "
	case r < 0x7f:
		return string(r)
	}
	return fmt.Sprintf(`\texttt{U+%04X}`, r)
}
