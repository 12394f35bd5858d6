package pki

import "math/big"

// squareFilters are moduli by which most numbers show that they aren't squares.
var squareFilters = func() (filters []squareFilter) {
	for _, m := range []uint64{64, 63, 65, 11, 17, 19, 23, 31} {
		f := squareFilter{m, make([]bool, m)}
		for i := range m {
			f.squares[i*i%m] = true
		}
		filters = append(filters, f)
	}
	return filters
}()

type squareFilter struct {
	modulus uint64
	squares []bool // by residue
}

// closePrimes returns the round, counted from 1, in which Fermat's method factors n, 0 where it doesn't within
// fermatRounds: with a from √n upwards, a² − n = b² makes a − b and a + b the factors.
func closePrimes(n *big.Int) int {
	one := big.NewInt(1)
	a := new(big.Int).Sqrt(n)
	if new(big.Int).Mul(a, a).Cmp(n) < 0 {
		a.Add(a, one)
	}
	var ofN, ofA [8]uint64
	for i, f := range squareFilters {
		ofN[i], ofA[i] = residue(n, f.modulus), residue(a, f.modulus)
	}
	var b, square, x big.Int
	for round := 1; round <= fermatRounds; round++ {
		if maySquare(&ofN, &ofA) {
			x.Add(a, big.NewInt(int64(round-1)))
			square.Sub(square.Mul(&x, &x), n)
			b.Sqrt(&square)
			trivial := new(big.Int).Sub(&x, &b).Cmp(one) <= 0
			if new(big.Int).Mul(&b, &b).Cmp(&square) == 0 && !trivial {
				return round
			}
		}
		for i := range ofA {
			ofA[i]++
		}
	}
	return 0
}

// maySquare reports whether a² − n can be a square, by the residues of n and a.
func maySquare(ofN, ofA *[8]uint64) bool {
	for i, f := range squareFilters {
		if !f.squares[(ofA[i]*ofA[i]+f.modulus-ofN[i])%f.modulus] {
			return false
		}
	}
	return true
}
