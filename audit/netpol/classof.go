package netpol

// Class returns the number of the class of the Pod at an index of [Cluster.Pods]. Pods of one class are alike to every
// policy: what is true of a path from or to one of them is true of all.
func (r *Reachability) Class(pod int) int { return int(r.classOf[pod]) }
