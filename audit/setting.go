package audit

// Setting returns the object of a resource and name, nil where it wasn't read or doesn't
// exist.
func (s *Snapshot) Setting(r Resource, namespace, name string) *Setting {
	return s.setting(r, func(o *Setting) bool { return o.Namespace == namespace && o.Name == name })
}

func (s *Snapshot) setting(r Resource, is func(*Setting) bool) *Setting {
	for i := range s.Settings {
		if o := &s.Settings[i]; o.Resource == r && is(o) {
			return o
		}
	}
	return nil
}
