package data

import "fmt"

// TooFew is the error of data that have no example left to train on, if as many as
// [Settings.Validation] are held out.
type TooFew struct{ Validation, Distinct int }

func (e TooFew) Error() string {
	return fmt.Sprintf("validation %d: must be below %d, the number of distinct examples in the data", e.Validation,
		e.Distinct)
}
