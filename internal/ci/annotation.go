package ci

import (
	"fmt"
	"path/filepath"
	"strings"

	"coredumpy/internal/corefile"
	"coredumpy/internal/printable"
	"coredumpy/internal/summary"
)

// maxMessage bounds the text of an annotation, in bytes before it is escaped.
const maxMessage = 2000

// Annotation returns the lines, each with a newline at its end, by which the CI system that
// the environment names shows a dump; "" if it is another one or none. path is absolute.
func Annotation(path string, getenv func(string) string) string {
	switch {
	case getenv("GITHUB_ACTIONS") == "true":
		head, _, err := corefile.OpenHead(path)
		if err != nil {
			return "" // the dump may be gone already
		}
		return githubError(&head, path, getenv("GITHUB_WORKSPACE"))
	case getenv("GITLAB_CI") != "":
		return gitlabAttachment(path, getenv("CI_PROJECT_DIR"))
	}
	return ""
}

// What a workflow command of GitHub escapes in its message and its properties: package
// core/src/command.ts of github.com/actions/toolkit.
var (
	githubMessage  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	githubProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// githubError returns a workflow command that shows a dump at its line of the source:
//
//	::error file=shop/account.go,line=57::panic: assignment to entry in nil map
//
// A file outside the workspace isn't named: GitHub couldn't show it.
func githubError(h *corefile.Head, path, workspace string) string {
	place := ""
	if h.Top != nil && h.Top.Line > 0 {
		if file, ok := within(workspace, h.Top.File); ok {
			place = fmt.Sprintf(" file=%s,line=%d", githubProperty.Replace(printable.Line(file)), h.Top.Line)
		}
	}
	message := clipped(shortened(printable.Block(summary.Reason(h), ""), maxMessage/2), maxMessage)
	message += "\ncoredumpy load " + printable.Argument(path)
	return fmt.Sprintf("::error%s::%s\n", place, githubMessage.Replace(message))
}

// gitlabAttachment returns the line that, in the output of a test in a JUnit report, attaches
// a file to the test, which is named relative to the project's directory and must be an
// artifact: docs.gitlab.com/ci/testing/unit_test_reports.
func gitlabAttachment(path, project string) string {
	file, ok := within(project, path)
	if !ok || strings.Contains(file, "]]") || printable.Line(file) != file {
		return "" // GitLab would look for another file
	}
	return fmt.Sprintf("[[ATTACHMENT|%s]]\n", file)
}

// within returns the path of a file relative to the directory that it is in, with slashes.
// ok is false if it isn't in there.
func within(dir, file string) (relative string, ok bool) {
	if !filepath.IsAbs(dir) || !filepath.IsAbs(file) {
		return "", false
	}
	relative, err := filepath.Rel(dir, file)
	if err != nil || !filepath.IsLocal(relative) {
		return "", false
	}
	return filepath.ToSlash(relative), true
}
