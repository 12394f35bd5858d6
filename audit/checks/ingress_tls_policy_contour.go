package checks

import (
	"github.com/kubevidence/kubevidence/audit"
	"gopkg.in/yaml.v3"
)

// judgeContourPolicy judges the file contour.yaml, which Contour takes from a ConfigMap. By
// default it speaks TLS from 1.2; for Ingresses it sends no Strict-Transport-Security
// (https://projectcontour.io/docs/main/configuration/#tls-configuration).
func judgeContourPolicy(_ *audit.Facts, j *audit.Judgement, _ *audit.Exposure, c *audit.IngressInstance) {
	if name, said := c.Container.Flag("contour-config-name"); said {
		j.NotAssessed(audit.Unknown, "which versions of TLS %s speaks isn't known: its settings are in the ContourConfiguration %s, which isn't read", c.Subject, name)
		return
	}
	text, said := c.Setting("contour.yaml")
	if !said {
		j.NotAssessed(audit.Unknown, "which versions of TLS %s speaks isn't known: its ConfigMap %s holds no contour.yaml", c.Subject, c.ConfigMap)
		return
	}
	var file struct {
		TLS struct {
			Minimum string `yaml:"minimum-protocol-version"`
		} `yaml:"tls"`
	}
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		j.NotAssessed(audit.Failed, "which versions of TLS %s speaks isn't known: contour.yaml of ConfigMap %s can't be read: %v", c.Subject, c.ConfigMap, err)
		return
	}
	path := settingPath(c, "contour.yaml") + ": tls.minimum-protocol-version"
	switch version := file.TLS.Minimum; version {
	case "":
		j.Pass("%s speaks TLS 1.2 and 1.3, its defaults", c.Subject)
	case "1.2", "1.3":
		j.Evidence(path, version, audit.Configured)
		j.Pass("%s speaks no TLS below %s", c.Subject, version)
	case "1.0", "1.1":
		j.Evidence(path, version, audit.Configured)
		j.Fail("%s speaks TLS %s: minimum-protocol-version of its contour.yaml", c.Subject, version)
	default:
		j.NotAssessed(audit.Unknown, "minimum-protocol-version of %s is %q, which is no version that this build knows", c.Subject, version)
	}
	j.Warn("%s sends no Strict-Transport-Security for Ingresses: Contour has no setting for it", c.Subject)
}
