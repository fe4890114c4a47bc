package views

import (
	"encoding/binary"
	"fmt"
	"math/bits"
	"net/netip"
	"reflect"
	"strconv"
	"strings"

	"coredumpy/internal/dump"
)

// How package net keeps addresses: src/net/ip.go, tcpsock.go, udpsock.go, iprawsock.go,
// unixsock.go, mac.go; src/net/netip/netip.go. Go 1.24 to 1.27.

// ofIP shows a net.IP.
func ofIP(r *Reader, v dump.Value) (view View, ok bool) {
	if v.IsNil() {
		return view, false
	}
	text, ok := r.ip(v)
	return View{Text: text}, ok && text != ""
}

// ip returns a net.IP as its method String does, but "" for an empty one.
func (r *Reader) ip(v dump.Value) (text string, ok bool) {
	if v.Valid() && v.IsNil() {
		return "", v.Kind() == reflect.Slice
	}
	b, ok := r.wholeBytes(v)
	switch {
	case !ok:
		return "", false
	case b == "":
		return "", true
	}
	addr, ok := netip.AddrFromSlice([]byte(b))
	if !ok {
		return fmt.Sprintf("?%x", b), true
	}
	return addr.Unmap().String(), true
}

// ofMask shows a net.IPMask.
func ofMask(r *Reader, v dump.Value) (view View, ok bool) {
	b, ok := r.wholeBytes(v)
	return View{Text: fmt.Sprintf("%x", b)}, ok && b != ""
}

// ofHardwareAddr shows a net.HardwareAddr.
func ofHardwareAddr(r *Reader, v dump.Value) (view View, ok bool) {
	b, ok := r.wholeBytes(v)
	return View{Text: strings.ReplaceAll(fmt.Sprintf("% x", b), " ", ":")}, ok && b != ""
}

// ofIPNet shows a net.IPNet: 10.0.0.0/8.
func ofIPNet(r *Reader, v dump.Value) (view View, ok bool) {
	addr, ok1 := at(v, "IP", reflect.Slice)
	mask, ok2 := at(v, "Mask", reflect.Slice)
	if !ok1 || !ok2 {
		return view, false
	}
	ip, ok1 := r.ip(addr)
	m, ok2 := r.wholeBytes(mask)
	if !ok1 || !ok2 || ip == "" || m == "" {
		return view, false
	}
	ones := 0
	for ones < len(m)*8 && m[ones/8]&(0x80>>(ones%8)) != 0 {
		ones++
	}
	set := 0
	for i := range len(m) {
		set += bits.OnesCount8(m[i])
	}
	if set != ones { // no prefix
		return View{Text: fmt.Sprintf("%s/%x", ip, m)}, true
	}
	if len(m) == 16 && !strings.Contains(ip, ":") { // of an IPv4 address in 16 bytes
		return view, false
	}
	return View{Text: fmt.Sprintf("%s/%d", ip, ones)}, true
}

// ofSocket shows a net.TCPAddr, UDPAddr or IPAddr.
func ofSocket(r *Reader, v dump.Value) (view View, ok bool) {
	addr, ok1 := at(v, "IP", reflect.Slice)
	zone, ok2 := textAt(v, "Zone")
	if !ok1 || !ok2 {
		return view, false
	}
	ip, ok := r.ip(addr)
	if zone != "" {
		ip += "%" + strings.Trim(r.quoted(zone), `"`)
	}
	if port, has := fieldOf(v, "Port"); has {
		if !port.Valid() || port.Kind() != reflect.Int {
			return view, false
		}
		if strings.ContainsAny(ip, ":%") {
			ip = "[" + ip + "]"
		}
		ip += ":" + strconv.FormatInt(port.Int(), 10)
	}
	return View{Text: ip}, ok && ip != ""
}

// ofUnixAddr shows a net.UnixAddr.
func ofUnixAddr(r *Reader, v dump.Value) (view View, ok bool) {
	name, ok := textAt(v, "Name")
	return View{Text: r.quoted(name)}, ok
}

// ofAddr shows a netip.Addr.
func ofAddr(_ *Reader, v dump.Value) (view View, ok bool) {
	addr, ok := netipAddr(v)
	return View{Text: said(addr, "invalid IP")}, ok
}

// said returns the text of an address, or what the invalid one is called: %v would be like it.
func said(addr netip.Addr, invalid string) string {
	if !addr.IsValid() {
		return invalid
	}
	return addr.String()
}

// netipAddr reads a netip.Addr.
func netipAddr(v dump.Value) (addr netip.Addr, ok bool) {
	hi, ok1 := at(v, "addr.hi", reflect.Uint64)
	lo, ok2 := at(v, "addr.lo", reflect.Uint64)
	detail, ok3 := at(v, "z.value", reflect.Pointer)
	if !ok1 || !ok2 || !ok3 || v.Type().String() != "net/netip.Addr" {
		return addr, false
	}
	if detail.IsNil() {
		return addr, true
	}
	v6, ok := at(detail.Elem(), "isV6", reflect.Bool)
	if !ok {
		return addr, false
	}
	if !v6.Bool() {
		return netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, uint32(lo.Uint())))), true
	}
	zone, ok := textAt(detail.Elem(), "zoneV6")
	b := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, hi.Uint()), lo.Uint())
	return netip.AddrFrom16([16]byte(b)).WithZone(zone), ok
}

// ofPrefix shows a netip.Prefix.
func ofPrefix(_ *Reader, v dump.Value) (view View, ok bool) {
	ip, ok1 := fieldOf(v, "ip")
	plusOne, ok2 := at(v, "bitsPlusOne", reflect.Uint8)
	if !ok1 || !ok2 {
		return view, false
	}
	addr, ok := netipAddr(ip)
	if plusOne.Uint() == 0 {
		return View{Text: "invalid Prefix"}, ok
	}
	return View{Text: fmt.Sprintf("%s/%d", said(addr, "invalid IP"), plusOne.Uint()-1)}, ok
}

// ofAddrPort shows a netip.AddrPort.
func ofAddrPort(_ *Reader, v dump.Value) (view View, ok bool) {
	ip, ok1 := fieldOf(v, "ip")
	port, ok2 := at(v, "port", reflect.Uint16)
	if !ok1 || !ok2 {
		return view, false
	}
	addr, ok := netipAddr(ip)
	if !addr.IsValid() {
		return View{Text: "invalid AddrPort"}, ok
	}
	return View{Text: netip.AddrPortFrom(addr, uint16(port.Uint())).String()}, ok
}
