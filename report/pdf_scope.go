package report

import "strings"

// scope says what was asked, how, against which criteria.
func (d *pdfDocument) scope() {
	r := d.r
	config := &r.Config.Effective
	d.paragraph(methodWords(r))
	d.labelled(130, []pdfLabelled{
		is("Scope of this evaluation", scopeWords(r)),
		is("ISMS scope", stated(config.Criteria.ISMSScope)),
		is("Statement of Applicability", stated(config.Criteria.StatementOfApplicability)),
		is("Policies", stated(strings.Join(config.Criteria.Policies, "; "))),
		is("Sampling", samplingWords(&r.Collection)),
		is("Time", timeWords(r)),
		is("Certificate Authority", "SHA-256 of the API server's CA: "+orDash(r.Subject.Cluster.CASHA256)),
		is("Reader", r.reader()),
		is("Earlier record", previousWords(r.Previous)),
		is("Tables", tableWords(r.Catalogue.Tables)),
		is("Retention", stated(config.Retention)),
	})
}
