package pki

// A Code names one kind of defect. Codes are stable: reports are compared by them.
type Code string

// A Defect is one thing that is wrong with a certificate.
type Defect struct {
	Code   Code   `json:"code"`
	Detail string `json:"detail"` // a sentence without its full stop, with the values at fault
}
