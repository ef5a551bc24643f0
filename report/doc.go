// Package report turns a record into a document that a person or a CI reads. It has
// never met a server: everything comes from a [results.Run], so that an old run
// renders again.
//
// [NewDocument] refuses a damaged record, makes the text in it plain, and computes what
// there is to say: the gate's verdict, the answer in sentences made from the figures,
// tables of text, findings, what didn't run, and the caveats. The answer begins with the
// strategies side by side, as package choose finds them. The packages below it say it
// in one format each, and share the signature
//
//	func Write(w io.Writer, doc Document) error
//
// text, html and markdown are for people; junit, csv, bench and hlog are for programs and
// render the run in the document; plot draws it. The same run gives the same bytes.
package report
