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
	Unnamed bool         // a TLS block names no Secret, and nothing tells the controller's default certificate
}

// Presented reports whether an Ingress or Gateway presents the Secret.
func (t *TLSSecret) Presented() bool { return len(t.Users) > 0 }

// presentations groups the named Secrets by who presents them, sorted by subject.
func presentations(f *Facts) []Presentation {
	var list []Presentation
	index := map[string]int{}
	of := func(subject Subject) *Presentation {
		i, known := index[subject.Key()]
		if !known {
			i = len(list)
			index[subject.Key()] = i
			list = append(list, Presentation{Subject: subject})
		}
		return &list[i]
	}
	note := func(subject Subject, t *TLSSecret) {
		p := of(subject)
		p.Secrets = append(p.Secrets, t)
	}
	for i := range f.TLS.Secrets {
		t := &f.TLS.Secrets[i]
		for _, user := range t.Users {
			note(user, t)
		}
		if !t.Presented() {
			for _, c := range t.Certificates {
				note(CertificateSubject(c), t)
			}
		}
	}
	for i := range f.Exposures {
		if e := &f.Exposures[i]; e.ShowsDefault() && e.Default.Secret == "" {
			of(e.Subject).Unnamed = true
		}
	}
	slices.SortFunc(list, func(a, b Presentation) int { return strings.Compare(a.Subject.Key(), b.Subject.Key()) })
	return list
}
