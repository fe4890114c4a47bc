package secrets

// Block scalars of YAML are values of several lines. [YAML 1.2.2, section 8.1]
//
//	password: |
//	  swordfish
//	  and more

// scalarHeader returns the place of the | or > of a YAML block scalar that may begin at
// b[i], behind a tag or an anchor; len(b) if there is none.
func scalarHeader(b []byte, i int) int {
	for range 2 {
		if b[i] == '|' || b[i] == '>' {
			return i
		}
		if b[i] != '!' && b[i] != '&' {
			break
		}
		if i = runBlanks(b, runEnd(b, i+1, wordSet|exclamation)); i == len(b) {
			break
		}
	}
	if i < len(b) && (b[i] == '|' || b[i] == '>') {
		return i
	}
	return len(b)
}

// blockScalar returns the lines of a block scalar whose header, | or >, is b[i]: the
// following lines that are indented more than the key before the separator b[sep]. There
// are none if that line has more than the header.
func blockScalar(b []byte, sep, i int) span {
	end := headerEnd(b, i)
	if end == len(b) || b[end] != '\n' {
		return span{i, bareEnd(b, i)}
	}
	return indentedLines(b, end, keyIndent(b, sep))
}

// headerEnd returns the end of the header at b[i], with its indicators, as in |2-, and a
// comment. That is a line feed if nothing else is on the line.
func headerEnd(b []byte, i int) int {
	end := i + 1
	for end < len(b) && (b[end] == '-' || b[end] == '+' || class[b[end]]&digit != 0) {
		end++
	}
	if comment := runBlanks(b, end); comment > end && comment < len(b) && b[comment] == '#' {
		end = until(b, comment, '\n')
	} else {
		end = comment
	}
	if end < len(b) && b[end] == '\r' {
		end++
	}
	return end
}

// keyIndent returns the indentation of the key before the separator b[sep], including the
// dashes of lists.
func keyIndent(b []byte, sep int) int {
	line := sep
	for line > 0 && sep-line < maxName && b[line-1] != '\n' {
		line--
	}
	key := line
	for key < sep && (b[key] == ' ' || b[key] == '-' && b[key+1] == ' ') {
		key++
	}
	return key - line
}

// indentedLines returns the lines after the line feed b[end] up to the first that isn't
// indented more than indent. Empty lines at the beginning and the end don't belong to
// them.
func indentedLines(b []byte, end, indent int) (found span) {
	for end < len(b) {
		from := end + 1
		text := runBlanks(b, from)
		end = until(b, text, '\n')
		switch {
		case text == end || b[text] == '\r': // an empty line
		case text-from <= indent:
			return found
		case found.to == 0:
			found = span{text, end}
		default:
			found.to = end
		}
	}
	return found
}
