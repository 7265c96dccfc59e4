package tokenizer

import "ranksweep/wholefile"

// fromContents returns the tokenizer whose tokenizer.json and tokenizer_config.json have the
// given contents.
func fromContents(file, settings any) (*pipeline, error) {
	content, err := wholefile.JSON(file)
	if err != nil {
		return nil, err
	}
	p, err := parseTokenizer(content)
	if err != nil {
		return nil, err
	}
	if content, err = wholefile.JSON(settings); err != nil {
		return nil, err
	}
	return p, p.setSettings(content)
}
