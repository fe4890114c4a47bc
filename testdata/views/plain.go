package main

import (
	"bytes"
	"container/list"
	"container/ring"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

type UUID [16]byte

type status int

const (
	open status = iota
	paid
)

type mode uint8

const (
	reading mode = 1 << iota
	writing
)

// box is a generic type of the program's own.
type box[K comparable, V any] struct {
	Of  map[K]V
	One V
}

func network() {
	ip, ip6, badIP := net.ParseIP("10.1.2.3"), net.ParseIP("2001:db8::1"), net.IP{1, 2, 3}
	noIP := net.IP(nil)
	mask, mac := net.CIDRMask(20, 32), net.HardwareAddr{2, 0, 94, 16, 0, 255}
	_, ipNet, _ := net.ParseCIDR("10.1.0.0/16")
	_, ipNet6, _ := net.ParseCIDR("2001:db8::/33")
	oddNet := &net.IPNet{IP: net.IPv4(10, 0, 0, 0).To4(), Mask: net.IPv4Mask(255, 0, 255, 0)}
	tcp := &net.TCPAddr{IP: ip, Port: 8080}
	udp := net.UDPAddr{IP: net.ParseIP("fe80::1"), Port: 53, Zone: "eth0"}
	listens := &net.TCPAddr{Port: 80}
	unix := &net.UnixAddr{Name: "/run/shop.sock", Net: "unix"}
	addr4, addr6 := netip.MustParseAddr("192.0.2.7"), netip.MustParseAddr("fe80::1%eth0")
	mapped, noAddr := netip.MustParseAddr("::ffff:1.2.3.4"), netip.Addr{}
	prefix, noPrefix := netip.MustParsePrefix("192.0.2.0/24"), netip.Prefix{}
	port, noPort := netip.MustParseAddrPort("[fe80::1]:80"), netip.AddrPort{}
	for name, of := range map[string]fmt.Stringer{
		"ip": ip, "ip6": ip6, "badIP": badIP, "mask": mask, "mac": mac, "ipNet": ipNet, "ipNet6": ipNet6, "oddNet": oddNet,
		"tcp": tcp, "udp": &udp, "listens": listens, "addr4": addr4, "addr6": addr6, "mapped": mapped, "noAddr": noAddr,
		"prefix": prefix, "noPrefix": noPrefix, "port": port, "noPort": noPort,
	} {
		truth(name, of, of.String())
	}
	truth("unix", unix, strconv.Quote(unix.String()))
	truth("noIP", noIP, "nil") // String says <nil>, which a nil IP isn't
	urls()
}

func urls() {
	plain := parsed("https://example.com/p/a%20b?q=1&r=%20#top")
	user := parsed("ftp://ann@example.com:21/x")
	opaque, relative, strange := parsed("mailto:ann@example.com"), parsed("a/b?x"), &url.URL{Path: "a:b/c"}
	escapes, six := parsed("http://h/a%2Fb%3F/ü"), parsed("http://[fe80::1%25eth0]:80/")
	rooted, empty, forced := parsed("file:///etc/passwd"), &url.URL{}, parsed("http://h?")
	for name, u := range map[string]*url.URL{
		"plain": plain, "user": user, "opaque": opaque, "relative": relative, "strange": strange, "escapes": escapes,
		"six": six, "rooted": rooted, "forced": forced,
	} {
		truth(name, u, strconv.Quote(u.String()))
	}
	secret := parsed("postgres://ann:" + strings.Repeat("q7Tz", 5) + "@db.example.com/shop")
	truth("secret", secret, "") // its mask has a number
	truth("empty", empty, "")   // its String is empty: it is shown by its fields
	numbers()
}

func parsed(text string) *url.URL {
	u, err := url.Parse(text)
	if err != nil {
		panic(err)
	}
	return u
}

func numbers() {
	large, _ := new(big.Int).SetString("-123456789012345678901234567890", 10)
	zero := new(big.Int)
	huge := new(big.Int).Lsh(big.NewInt(1), 100_000)
	half, whole := big.NewRat(-1, 2), new(big.Rat).SetInt64(7)
	pi, inf, tiny := big.NewFloat(3.14159), big.NewFloat(0).SetInf(true), new(big.Float).SetMantExp(big.NewFloat(0.75), -200)
	digits, _ := new(big.Float).SetPrec(200).SetString("1.23456789012345678901234567890123456789e30")
	for name, of := range map[string]fmt.Stringer{
		"large": large, "zero": zero, "half": half, "whole": whole, "pi": pi, "inf": inf, "tiny": tiny, "digits": digits,
	} {
		truth(name, of, of.String())
	}
	truth("huge", huge, "0x8"+strings.Repeat("0", 197)+"...+3898 more (of 100001 bits)")
	wait, none := 1500*time.Millisecond, time.Duration(0)
	perm := fs.ModeDir | 0o755
	when := time.Date(2026, 1, 2, 3, 4, 5, 6000, time.UTC)
	berlin, _ := time.LoadLocation("Europe/Berlin")
	truth("wait", wait, wait.String())
	truth("none", none, "0s")
	truth("perm", perm, perm.String())
	truth("when", when, when.Format(time.RFC3339Nano))
	truth("berlin", berlin, strconv.Quote(berlin.String()))
	state, rights := paid, reading|writing
	truth("state", state, "paid (1)")
	truth("rights", rights, "reading|writing (3)")
	texts()
}

func texts() {
	body, raw := []byte("größe, hello\n"), json.RawMessage(`{"a": 1, "b": "x"}`)
	binary, emptied, nothing := []byte{0, 1, 2, 250}, []byte{}, []byte(nil)
	long := []byte(strings.Repeat("ö", 300))
	id, digest := UUID{1, 2, 3, 0xff}, [16]byte{1, 2, 3}
	var built strings.Builder
	built.WriteString("built")
	buffer := bytes.NewBufferString("some bytes")
	buffer.Next(5)
	reader, bytesReader := strings.NewReader("stream"), bytes.NewReader([]byte("more"))
	pattern := regexp.MustCompile(`^a\.b"c$`)
	truth("body", body, strconv.Quote(string(body)))
	truth("raw", raw, "`"+string(raw)+"`")
	truth("binary", binary, "4 bytes 00 01 02 fa")
	truth("emptied", emptied, `""`)
	truth("nothing", nothing, "nil")
	truth("long", long, strconv.Quote(strings.Repeat("ö", 100)+"...+400 more"))
	truth("id", id, "010203ff-0000-0000-0000-000000000000")
	truth("digest", digest, "[1,2,3,0,0,0,0,0,0,0,0,0,0,0,0,0]")
	truth("built", &built, strconv.Quote(built.String()))
	truth("buffer", buffer, strconv.Quote(buffer.String())+" (after 5 that were read)")
	truth("reader", reader, `"stream"`)
	truth("bytesReader", bytesReader, `"more"`)
	truth("pattern", pattern, "`"+pattern.String()+"`")
	lists()
}

func lists() {
	queue, noQueue := list.New(), list.New()
	queue.PushBack(1)
	queue.PushBack("x")
	front, circle := queue.Front(), ring.New(3)
	for i := range 3 {
		circle.Value, circle = i, circle.Next()
	}
	truth("queue", queue, `[1, "x"]`)
	truth("noQueue", noQueue, "[]")
	truth("front", front, "1")
	truth("circle", circle, "[0, 1, 2]")
	boxed := &box[string, *status]{Of: map[string]*status{}}
	truth("boxed", boxed, "{Of: map[string]*main.status [], One: *main.status nil}")
	locks()
}
