package pki

import (
	"crypto/rsa"
	"crypto/x509"
	"math/big"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWeakness(t *testing.T) {
	cases := []struct {
		name    string
		modulus *big.Int
		want    []Code
	}{
		{"sound", product(primeAfter(seed(1)), primeAfter(seed(2))), []Code{}},
		{"Infineon's shape", product(infineonPrime(3), infineonPrime(70000)), []Code{RSAInfineon}},
		{"half of Infineon's shape", product(infineonPrime(3), primeAfter(seed(1))), []Code{}},
		{"neighbours", product(primeAfter(seed(1)), primeAfter(primeAfter(seed(1)))), []Code{RSAClosePrimes}},
		{"a square", product(primeAfter(seed(1)), primeAfter(seed(1))), []Code{RSAClosePrimes}},
		{"found in round 100", foundInRound(100), []Code{RSAClosePrimes}},
		{"found in round 101", foundInRound(101), []Code{}},
		{"even", product(big.NewInt(2), primeAfter(seed(1))), []Code{RSASmallFactor}},
		{"the largest small factor", product(big.NewInt(751), primeAfter(seed(1))), []Code{RSASmallFactor}},
		{"the next prime", product(big.NewInt(757), primeAfter(seed(1))), []Code{}},
		{"too large", power(16384), []Code{RSAUntested}},
	}
	for _, x := range cases {
		c := describe(&x509.Certificate{SerialNumber: power(0), PublicKey: &rsa.PublicKey{N: x.modulus, E: 65537}})
		if diff := cmp.Diff(x.want, codes(Weakness(c))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", x.name, diff)
		}
	}
	if found := Weakness(parsed(t, x509.Certificate{}, testKey)); found != nil {
		t.Errorf("ECDSA: %v", found)
	}
}

// TestResidue compares it with math/big's own.
func TestResidue(t *testing.T) {
	n := product(seed(7), seed(8))
	for _, group := range sieveGroups {
		want := new(big.Int).Mod(n, new(big.Int).SetUint64(group.product)).Uint64()
		if got := residue(n, group.product); got != want {
			t.Errorf("modulo %d: %d, want %d", group.product, got, want)
		}
	}
}

// seed returns a number of 512 bits that looks like any other.
func seed(n int64) *big.Int {
	x := new(big.Int).Exp(big.NewInt(n+3), big.NewInt(1000), new(big.Int).Sub(power(510), big.NewInt(1)))
	return x.Or(x, power(511))
}

func product(a, b *big.Int) *big.Int { return new(big.Int).Mul(a, b) }

func primeAfter(n *big.Int) *big.Int {
	for p := new(big.Int).Set(n); ; {
		if p.Add(p, big.NewInt(1)).ProbablyPrime(10) {
			return p
		}
	}
}

// infineonPrime returns a prime k·M + (65537^a mod M), M being the product of the primes up to 167.
func infineonPrime(a int64) *big.Int {
	m := big.NewInt(1)
	for p := int64(2); p < infineonPrimes; p++ {
		if big.NewInt(p).ProbablyPrime(0) {
			m.Mul(m, big.NewInt(p))
		}
	}
	p := new(big.Int).Exp(big.NewInt(65537), big.NewInt(a), m)
	for p.Add(p, product(m, power(255-uint(m.BitLen())))); !p.ProbablyPrime(10); {
		p.Add(p, m)
	}
	return p
}

// foundInRound returns a modulus without small factors a² − b² that Fermat's method finds in a round.
func foundInRound(round int64) *big.Int {
	for a := power(512); ; a.Add(a, big.NewInt(1)) {
		b := product(a, big.NewInt(2*round-1))
		b.Sqrt(b)
		n := new(big.Int).Sub(product(a, a), product(b, b))
		if small, _ := sieve(n); small == 0 {
			return n
		}
	}
}
