package checks

import "github.com/kubevidence/kubevidence/audit"

// judgeTraefikBelief judges forwardedHeaders of each entrypoint: unless they are trusted,
// Traefik replaces what a client wrote
// (https://doc.traefik.io/traefik/reference/install-configuration/entrypoints/).
func judgeTraefikBelief(j *audit.Judgement, c *audit.IngressInstance) {
	for flag, value := range c.Container.FlagsLike("entrypoints.*.forwardedheaders.insecure") {
		if value != "false" {
			j.Evidence(c.Subject.String()+": --"+flag, value, audit.Configured)
			j.Fail("%s believes headers from everybody (--%s)", c.Subject, flag)
		}
	}
	for flag, text := range c.Container.FlagsLike("entrypoints.*.forwardedheaders.trustedips") {
		j.Evidence(c.Subject.String()+": --"+flag, text, audit.Configured)
		trusted(j, c, "--"+flag, text)
	}
	j.Pass("%s replaces headers of addresses that it wasn't told to trust", c.Subject)
}

// traefikOrigin reads the arguments of an instance of Traefik. Its lists go by the address
// of the connection, or with ipStrategy by X-Forwarded-For.
func traefikOrigin(a *allowlisted, c *audit.IngressInstance) (*origin, *listGap) {
	if !c.NamesEntrypoints() {
		return nil, &listGap{audit.Unknown, "its arguments name no entrypoint: its static configuration is in a file or its environment, which isn't read"}
	}
	o := &origin{}
	for _, pattern := range []string{"entrypoints.*.proxyprotocol.insecure", "entrypoints.*.proxyprotocol.trustedips"} {
		for flag, value := range c.Container.FlagsLike(pattern) {
			if value != "false" {
				o.proxy = true
				o.settings = append(o.settings, audit.Evidence{Path: c.Subject.String() + ": --" + flag, Value: value})
			}
		}
	}
	if a.byHeader() {
		o.header = "ipStrategy"
	}
	return o, nil
}
