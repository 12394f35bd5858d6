package audit

import (
	"slices"
	"strings"
)

// A Presentation is who shows certificates to clients, and behind which Secrets they lie:
// an Ingress or a Gateway, or a Certificate whose Secret neither presents.
type Presentation struct {
	Subject Subject
	Secrets []*TLSSecret // sorted by namespace and name
}

// Presented reports whether an Ingress or Gateway presents the Secret.
func (t *TLSSecret) Presented() bool { return len(t.Users) > 0 }

// Presentations groups the Secrets by who presents them, sorted by subject.
func (v *TLSView) Presentations() []Presentation {
	var list []Presentation
	index := map[string]int{}
	note := func(subject Subject, t *TLSSecret) {
		i, known := index[subject.Key()]
		if !known {
			i = len(list)
			index[subject.Key()] = i
			list = append(list, Presentation{Subject: subject})
		}
		list[i].Secrets = append(list[i].Secrets, t)
	}
	for i := range v.Secrets {
		t := &v.Secrets[i]
		for _, user := range t.Users {
			note(user, t)
		}
		if !t.Presented() {
			for _, c := range t.Certificates {
				note(CertificateSubject(c), t)
			}
		}
	}
	slices.SortFunc(list, func(a, b Presentation) int { return strings.Compare(a.Subject.Key(), b.Subject.Key()) })
	return list
}
