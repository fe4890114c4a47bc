package secrets

import (
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"testing"
)

// A private key in any form is hidden; bytes that only look like one stay.
func TestPrivateKeysInDER(t *testing.T) {
	must := func(der []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	xKey, err := ecdh.X25519().GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string][]byte{
		"PKCS #1":          x509.MarshalPKCS1PrivateKey(rsaKey),
		"PKCS #8, RSA":     must(x509.MarshalPKCS8PrivateKey(rsaKey)),
		"PKCS #8, Ed25519": must(x509.MarshalPKCS8PrivateKey(edKey)),
		"PKCS #8, X25519":  must(x509.MarshalPKCS8PrivateKey(xKey)),
		"OpenSSH":          []byte("openssh-key-v1\x00\x00\x00\x00\x04none"),
	}
	others := map[string][]byte{
		"public key, RSA":    x509.MarshalPKCS1PublicKey(&rsaKey.PublicKey),
		"public key, PKIX":   must(x509.MarshalPKIXPublicKey(&rsaKey.PublicKey)),
		"numbers":            must(asn1.Marshal([]int{0, 1, 2, 3})),
		"text, and a number": must(asn1.Marshal(struct{ N, S any }{0, "a text of some length, which is no key at all"})),
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "somebody"}}
	others["certificate"] = must(x509.CreateCertificate(rand.Reader, template, template, &rsaKey.PublicKey, rsaKey))
	others["request"] = must(x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: "somebody"}}, rsaKey))
	if request, err := x509.ParseCertificateRequest(others["request"]); err != nil {
		t.Fatal(err)
	} else {
		others["what is signed in a request"] = request.RawTBSCertificateRequest
	}
	for _, curve := range []elliptic.Curve{elliptic.P224(), elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		name := curve.Params().Name
		keys["SEC 1, "+name] = must(x509.MarshalECPrivateKey(key))
		keys["PKCS #8, "+name] = must(x509.MarshalPKCS8PrivateKey(key))
		signature, err := ecdsa.SignASN1(rand.Reader, key, make([]byte, 32))
		others["signature, "+name] = must(signature, err)
	}
	d := New(Rules{HideSecret: true})
	for name, der := range keys {
		for _, b := range [][]byte{der, append(der[:len(der):len(der)], "and more"...), der[:min(len(der), 80)]} {
			if got, changed := d.Bytes(b); string(got) != mask || !changed {
				t.Errorf("%s: got %q, want the mask", name, got)
			}
		}
	}
	for name, der := range others {
		if got, changed := d.Bytes(der); changed {
			t.Errorf("%s: got %q, want it unchanged: %q", name, got, der)
		}
	}
}
