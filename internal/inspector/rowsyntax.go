package inspector

import (
	"errors"
	"fmt"
	"go/token"
	"strings"
)

// rowsExpr is an expression for many values, taken apart: orders[*].Items[*].SKU where .Price > 5
// has the lists orders and value.Items, asks value.SKU of each element, and has a condition.
type rowsExpr struct {
	lists []string // in all but the first, value is an element of the list before
	of    string   // what is asked of each element of the last list, which is value
	where string   // "" for none
	names []string // rowValue and rowKey, if they are written behind the first list, without a condition
}

// These are the names of an element and of its key or number.
const (
	rowValue = "value"
	rowKey   = "key"
)

// maxLists bounds how many [*] an expression may have.
const maxLists = 8

// IsRows reports whether an expression is for many values: it has [*], or a condition behind
// where. No Go expression does.
func IsRows(expr string) bool {
	tokens := tokenList(expr)
	return starAt(tokens) >= 0 || whereAt(tokens) >= 0
}

// RowsElement returns an expression for the elements of an unfinished expression, which ends in its
// condition: orders[*] for orders[*].ID where .Total > 5 &&; "" if it has none.
func RowsElement(unfinished string) string {
	tokens := tokenList(unfinished)
	i := whereAt(tokens)
	if i < 0 {
		return ""
	}
	of := strings.TrimSpace(unfinished[:tokens[i].at])
	tokens = tokenList(of)
	last := -1
	for i := range tokens {
		if star := starAt(tokens[i:]); star == 0 {
			last = tokens[i+2].at + len("]")
		}
	}
	if last < 0 {
		return of + "[*]"
	}
	return of[:last]
}

// tokenList is tokensOf as a slice.
func tokenList(expr string) (tokens []exprToken) {
	for t := range tokensOf(expr) {
		tokens = append(tokens, t)
	}
	return tokens
}

// starAt returns the number of the token [ of the first [*], -1 if there is none.
func starAt(tokens []exprToken) int {
	for i := 0; i+2 < len(tokens); i++ {
		if tokens[i].kind == token.LBRACK && tokens[i+1].kind == token.MUL && tokens[i+2].kind == token.RBRACK {
			return i
		}
	}
	return -1
}

// whereAt returns the number of the word where before a condition, -1 if there is none. A
// variable may be called where, too: but no operand follows another one.
func whereAt(tokens []exprToken) int {
	depth := 0
	for i, t := range tokens {
		switch t.kind {
		case token.LPAREN, token.LBRACK, token.LBRACE:
			depth++
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth--
		case token.IDENT:
			if t.text == "where" && depth == 0 && i > 0 && endsOperand(tokens[i-1].kind) {
				return i
			}
		}
	}
	return -1
}

// endsOperand reports whether a token may be the last of an operand.
func endsOperand(k token.Token) bool {
	switch k {
	case token.IDENT, token.INT, token.FLOAT, token.IMAG, token.CHAR, token.STRING,
		token.RPAREN, token.RBRACK, token.RBRACE:
		return true
	}
	return false
}

// parseRows takes an expression apart for which IsRows is true.
func parseRows(expr string) (r rowsExpr, err error) {
	tokens := tokenList(expr)
	r.of = expr
	if i := whereAt(tokens); i >= 0 {
		r.of = strings.TrimSpace(expr[:tokens[i].at])
		condition := strings.TrimSpace(expr[tokens[i].at+len("where"):])
		if condition == "" {
			return r, errors.New("where needs a condition: where .Field > 5, or where value < 10")
		}
		if IsRows(condition) {
			return r, errors.New("where takes one condition, without [*]: use && for several")
		}
		r.where = withElement(condition)
	}
	start := -1
	for {
		tokens = tokenList(r.of)
		i := starAt(tokens)
		if i < 0 {
			break
		}
		from := operandStart(tokens, i)
		switch {
		case from == i:
			return r, errors.New("[*] needs an array, a slice or a map before it: orders[*]")
		case start >= 0 && start != tokens[from].at:
			return r, errors.New("[*] can't be used for two values in an expression")
		case len(r.lists) == maxLists:
			return r, fmt.Errorf("an expression has %d times [*] at most", maxLists)
		}
		start = tokens[from].at
		r.lists = append(r.lists, strings.TrimSpace(r.of[start:tokens[i].at]))
		r.of = r.of[:start] + rowValue + r.of[tokens[i+2].at+len("]"):]
		if len(r.lists) == 1 {
			r.names = elementNames(r.of)
		}
	}
	if len(r.lists) == 0 {
		r.lists, r.of = []string{r.of}, rowValue
	}
	return r, nil
}

// elementNames returns which names of an element and its key an expression has, apart from one of the
// element.
func elementNames(expr string) (names []string) {
	values, keys, last := 0, 0, token.ILLEGAL
	for t := range tokensOf(expr) {
		switch {
		case t.kind != token.IDENT || last == token.PERIOD:
		case t.text == rowValue:
			values++
		case t.text == rowKey:
			keys++
		}
		last = t.kind
	}
	if values > 1 {
		names = append(names, rowValue)
	}
	if keys > 0 {
		names = append(names, rowKey)
	}
	return names
}

// operandStart returns the number of the first token of the operand that ends before token i; i
// if there is none.
func operandStart(tokens []exprToken, i int) int {
	for i > 0 {
		start := i - 1
		switch k := tokens[start].kind; {
		case k == token.RPAREN || k == token.RBRACK || k == token.RBRACE:
			start = opening(tokens, start)
			if start < 0 {
				return i
			}
			if i = start; i == 0 || !endsOperand(tokens[i-1].kind) {
				return i
			}
			continue
		case endsOperand(k):
			if i = start; i == 0 || tokens[i-1].kind != token.PERIOD {
				return i
			}
			i-- // the dot: another operand is before it
			if i == 0 || !endsOperand(tokens[i-1].kind) {
				return i + 1
			}
			continue
		}
		return i
	}
	return i
}

// opening returns the number of the bracket that the one at i closes, -1 if there is none.
func opening(tokens []exprToken, i int) int {
	depth := 0
	for ; i >= 0; i-- {
		switch tokens[i].kind {
		case token.RPAREN, token.RBRACK, token.RBRACE:
			depth++
		case token.LPAREN, token.LBRACK, token.LBRACE:
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// withElement writes the element before fields that stand for its own: .Total > 5.
func withElement(condition string) string {
	var b strings.Builder
	end := 0
	last := token.ILLEGAL
	for t := range tokensOf(condition) {
		if t.kind == token.PERIOD && !endsOperand(last) {
			b.WriteString(condition[end:t.at] + rowValue)
			end = t.at
		}
		last = t.kind
	}
	return b.String() + condition[end:]
}
