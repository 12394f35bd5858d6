package netpol

// remarks are what is noted of a policy while it is read.
type remarks struct {
	ref      PolicyRef
	problems []Unparseable
	refused  bool // some of it, or of what it refers to, is invalid, as far as is known here
}

// wrong notes what makes the policy invalid.
func (r *remarks) wrong(path, reason string) {
	r.problems = append(r.problems, Unparseable{r.ref, path + ": " + reason, false})
	r.refused = true
}

// unclear notes what can't be decided here.
func (r *remarks) unclear(path, reason string) {
	r.problems = append(r.problems, Unparseable{r.ref, path + ": " + reason, true})
}
