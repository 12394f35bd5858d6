package audit

// A PluginView is what enforces policies and encrypts traffic between Pods, as far as
// objects show it: no API proves either.
type PluginView struct {
	Plugins     []string // the network plugins that were found, "Cilium", "Calico"; none: not known
	Enforcement Protection
	Encryption  Protection
}

// A Protection says how far something is configured. The zero value is NotAssessed.
type Protection struct {
	Status    Status     // Pass: configured everywhere; Warning: on some nodes; Fail: not; NotAssessed: unknown; NotApplicable
	Reason    Reason     // of NotAssessed
	Statement string     // a sentence for people
	Evidence  []Evidence // the objects that say so
	Lacking   []string   // nodes on which it isn't, sorted
}

func pluginView(*Snapshot) PluginView { return PluginView{} }
