package junit

import "encoding/xml"

// The elements of JUnit's format, as far as CI servers agree on it.
type suites struct {
	XMLName xml.Name `xml:"testsuites"`
	Name    string   `xml:"name,attr"`
	counts
	Suites []*suite `xml:"testsuite"`

	byName map[string]*suite
}

type suite struct {
	Name string `xml:"name,attr"`
	counts
	Cases []testcase `xml:"testcase"`
}

type counts struct {
	Tests    int `xml:"tests,attr"`
	Failures int `xml:"failures,attr"`
	Errors   int `xml:"errors,attr"`
	Skipped  int `xml:"skipped,attr"`
}

type testcase struct {
	Name    string   `xml:"name,attr"`
	Class   string   `xml:"classname,attr"`
	Time    string   `xml:"time,attr,omitempty"` // seconds
	Skipped *outcome `xml:"skipped"`
	Failure *outcome `xml:"failure"`
	Error   *outcome `xml:"error"`
	Output  string   `xml:"system-out,omitempty"` // figures, or what there was of each verdict, a line each
}

type outcome struct {
	Type    string `xml:"type,attr,omitempty"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// add puts the case into the suite of the name, which it makes at the first, and
// counts it there and in the whole.
func (s *suites) add(name string, c testcase) {
	into := s.byName[name]
	if into == nil {
		into = &suite{Name: name}
		s.byName[name], s.Suites = into, append(s.Suites, into)
	}
	into.Cases = append(into.Cases, c)
	for _, n := range []*counts{&s.counts, &into.counts} {
		n.Tests++
		switch {
		case c.Error != nil:
			n.Errors++
		case c.Failure != nil:
			n.Failures++
		case c.Skipped != nil:
			n.Skipped++
		}
	}
}
