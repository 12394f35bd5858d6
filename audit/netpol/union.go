package netpol

// Union returns the ports that are in either set.
func (c Connections) Union(other Connections) Connections { return c.union(other) }
