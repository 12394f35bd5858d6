// Package pdfa turns a plain PDF into an archival one that carries files: PDF/A-3, level B
// (ISO 19005-3:2012). The library that lays reports out writes neither linked metadata, nor an
// output intent, nor files that belong to the document; this package adds them and leaves
// what is on the pages alone. It reads PDFs as that library writes them: one section of
// objects with a classic cross-reference table, unencrypted. It reads no clock: the same
// input gives the same bytes.
package pdfa
