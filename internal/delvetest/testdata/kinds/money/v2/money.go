// Package money is at a versioned path: its name is that of the path before.
package money

type Amount int64

const (
	Cent Amount = 1
	Euro Amount = 100
)

func (a Amount) Cents() int64 { return int64(a) }

type Price struct {
	Net Amount
	Tax float32
}

func (p *Price) Gross() Amount { return p.Net + Amount(float32(p.Net)*p.Tax) }

type Quoter interface{ Gross() Amount }

var Default = Price{Net: 5 * Euro, Tax: 0.19}

var Rates = map[string]Amount{"de": 19, "at": 20}
