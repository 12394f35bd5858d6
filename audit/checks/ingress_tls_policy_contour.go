package checks

import "github.com/kubevidence/kubevidence/audit"

// judgeContourPolicy judges the settings of Contour, which for Ingresses sends no
// Strict-Transport-Security.
func judgeContourPolicy(_ *audit.Facts, j *audit.Judgement, _ *audit.Exposure, c *audit.IngressInstance) {
	m := c.ContourMinimum()
	judgeMinimum(j, c.Subject.String(), &m)
	if m.Unknown == "" {
		j.Evidence(c.Subject.String()+": image", c.Container.Image, audit.Configured)
		j.Warn("%s sends no Strict-Transport-Security for Ingresses: Contour has no setting for it", c.Subject)
	}
}
