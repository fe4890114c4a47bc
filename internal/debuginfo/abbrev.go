package debuginfo

import "debug/dwarf"

// An abbrevTable holds the shapes of the entries of a unit, by code. Codes are
// small numbers in practice; the map is for files where they aren't.
type abbrevTable struct {
	dense  []*abbrev
	sparse map[uint64]*abbrev
}

// An abbrev is the shape of an entry: its tag and the form of each attribute.
type abbrev struct {
	tag      dwarf.Tag
	children bool
	attrs    []attrForm
}

type attrForm struct {
	attr     dwarf.Attr
	form     form
	implicit int64 // the value when form is formImplicitConst
}

const maxDenseCode = 4096

func (t *abbrevTable) lookup(code uint64) *abbrev {
	if code < uint64(len(t.dense)) {
		return t.dense[code]
	}
	return t.sparse[code]
}

// abbrevTable reads the table at an offset of .debug_abbrev (DWARF 5, section 7.5.3). A
// malformed table ends where it can no longer be understood.
func (f *File) abbrevTable(off uint64) abbrevTable {
	if t, ok := f.abbrevs[off]; ok {
		return t
	}
	t := abbrevTable{sparse: map[uint64]*abbrev{}}
	c := cursorAt(f.sections["abbrev"], off)
	for {
		code := c.uleb()
		if code == 0 {
			break
		}
		a := &abbrev{tag: dwarf.Tag(c.uleb()), children: c.u8() != 0}
		for c.ok() {
			spec := attrForm{attr: dwarf.Attr(c.uleb()), form: form(c.uleb())}
			if spec.form == formImplicitConst {
				spec.implicit = c.sleb()
			}
			if spec.attr == 0 && spec.form == 0 {
				break
			}
			a.attrs = append(a.attrs, spec)
		}
		if !c.ok() {
			break
		}
		if code >= maxDenseCode {
			t.sparse[code] = a
			continue
		}
		for uint64(len(t.dense)) <= code {
			t.dense = append(t.dense, nil)
		}
		t.dense[code] = a
	}
	f.abbrevs[off] = t
	return t
}

// A form says how an attribute's value is written (DWARF 5, section 7.5.6).
type form uint32

const (
	formAddr          form = 0x01
	formBlock2        form = 0x03
	formBlock4        form = 0x04
	formData2         form = 0x05
	formData4         form = 0x06
	formData8         form = 0x07
	formString        form = 0x08
	formBlock         form = 0x09
	formBlock1        form = 0x0a
	formData1         form = 0x0b
	formFlag          form = 0x0c
	formSdata         form = 0x0d
	formStrp          form = 0x0e
	formUdata         form = 0x0f
	formRefAddr       form = 0x10
	formRef1          form = 0x11
	formRef2          form = 0x12
	formRef4          form = 0x13
	formRef8          form = 0x14
	formRefUdata      form = 0x15
	formIndirect      form = 0x16
	formSecOffset     form = 0x17
	formExprloc       form = 0x18
	formFlagPresent   form = 0x19
	formStrx          form = 0x1a
	formAddrx         form = 0x1b
	formRefSup4       form = 0x1c
	formStrpSup       form = 0x1d
	formData16        form = 0x1e
	formLineStrp      form = 0x1f
	formRefSig8       form = 0x20
	formImplicitConst form = 0x21
	formLoclistx      form = 0x22
	formRnglistx      form = 0x23
	formRefSup8       form = 0x24
	formStrx1         form = 0x25
	formStrx2         form = 0x26
	formStrx3         form = 0x27
	formStrx4         form = 0x28
	formAddrx1        form = 0x29
	formAddrx2        form = 0x2a
	formAddrx3        form = 0x2b
	formAddrx4        form = 0x2c
	formGnuRefAlt     form = 0x1f20
	formGnuStrpAlt    form = 0x1f21
)

// skipForm moves c past a value. An unknown form makes c bad: where the next value starts
// can't be known.
func skipForm(c *cursor, fm form, version int, is64 bool) {
	switch fm {
	case formFlagPresent, formImplicitConst:
	case formData1, formFlag, formRef1, formStrx1, formAddrx1:
		c.skip(1)
	case formData2, formRef2, formStrx2, formAddrx2:
		c.skip(2)
	case formStrx3, formAddrx3:
		c.skip(3)
	case formData4, formRef4, formRefSup4, formStrx4, formAddrx4:
		c.skip(4)
	case formAddr, formData8, formRef8, formRefSig8, formRefSup8:
		c.skip(8)
	case formData16:
		c.skip(16)
	case formSdata, formUdata, formRefUdata, formStrx, formAddrx, formLoclistx, formRnglistx:
		c.uleb()
	case formString:
		c.cstring()
	case formRefAddr:
		if version == 2 {
			c.skip(8)
		} else {
			c.offset(is64)
		}
	case formStrp, formLineStrp, formSecOffset, formStrpSup, formGnuRefAlt, formGnuStrpAlt:
		c.offset(is64)
	case formBlock1:
		c.skip(uint64(c.u8()))
	case formBlock2:
		c.skip(uint64(c.u16()))
	case formBlock4:
		c.skip(uint64(c.u32()))
	case formBlock, formExprloc:
		c.skip(c.uleb())
	case formIndirect:
		next := form(c.uleb())
		if next == formIndirect || next == formImplicitConst {
			c.bad = true
			return
		}
		skipForm(c, next, version, is64)
	default:
		c.bad = true
	}
}
