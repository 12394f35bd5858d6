package pki

import (
	"crypto/rsa"
	"fmt"
	"math/big"
	"math/bits"
)

// Defects of RSA keys whose private key follows from the public one.
const (
	RSAInfineon    Code = "rsa_roca"                // the shape of Infineon's faulty generator (CVE-2017-15361)
	RSAClosePrimes Code = "rsa_fermat_close_primes" // found by Fermat's method within 100 rounds
	RSASmallFactor Code = "rsa_small_factor"        // a prime factor of less than 752
	RSAUntested    Code = "rsa_untested"            // a modulus of more than 16384 bits: nothing was looked for
)

const (
	// fermatRounds and smallFactors are what the CA/Browser Forum's Baseline Requirements ask CAs to try
	// (6.1.1.3 and 6.1.6, after NIST SP 800-89, 5.3.3).
	fermatRounds = 100
	smallFactors = 752
	// infineonPrimes bounds the primes that every modulus of the faulty generator was built on: the 39 up to 167
	// at least (Nemec et al., The Return of Coppersmith's Attack, CCS 2017, table 1). All of them match one in
	// 2^27 other moduli.
	infineonPrimes = 168
	// largestModulus bounds the work: no client takes larger keys (OpenSSL, OPENSSL_RSA_MAX_MODULUS_BITS).
	largestModulus = 16384
)

// Weakness returns what makes a certificate's private key computable from its public one. Keys other than RSA
// have none that is known.
func Weakness(c *Certificate) []Defect {
	key, ok := c.x509.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil
	}
	if size := key.N.BitLen(); size > largestModulus {
		return []Defect{{RSAUntested, fmt.Sprintf("RSA modulus of %d bits, too large to look for known weaknesses", size)}}
	}
	var defects []Defect
	small, infineon := sieve(key.N)
	if infineon {
		defects = append(defects, Defect{RSAInfineon, "RSA modulus of the shape that Infineon's faulty generator made (ROCA, CVE-2017-15361)"})
	}
	if small != 0 {
		defects = append(defects, Defect{RSASmallFactor, fmt.Sprintf("RSA modulus that %d divides", small)})
	}
	if round := closePrimes(key.N); round != 0 {
		defects = append(defects, Defect{RSAClosePrimes, fmt.Sprintf("RSA modulus factored by Fermat's method in round %d", round)})
	}
	return defects
}

// A sievePrime is a prime to try, and which residues modulo it are powers of 65537; nil where that isn't asked.
type sievePrime struct {
	prime  uint64
	powers []bool
}

// A sieveGroup holds primes whose product fits into a word: one division of the modulus serves all of them.
type sieveGroup struct {
	product uint64
	primes  []sievePrime
}

var sieveGroups = func() []sieveGroup {
	groups := []sieveGroup{{product: 1}}
	for p := uint64(2); p < smallFactors; p++ {
		if !big.NewInt(int64(p)).ProbablyPrime(0) { // exact for numbers of this size
			continue
		}
		prime := sievePrime{prime: p}
		if 2 < p && p < infineonPrimes {
			prime.powers = make([]bool, p)
			for power := uint64(1); !prime.powers[power]; power = power * 65537 % p {
				prime.powers[power] = true
			}
		}
		last := &groups[len(groups)-1]
		if over, product := bits.Mul64(last.product, p); over == 0 {
			last.product, last.primes = product, append(last.primes, prime)
		} else {
			groups = append(groups, sieveGroup{p, []sievePrime{prime}})
		}
	}
	return groups
}()

// sieve returns the smallest small factor of n, 0 where there is none, and whether n is a power of 65537 modulo
// every prime below infineonPrimes, as Infineon's moduli are.
func sieve(n *big.Int) (factor uint64, infineon bool) {
	infineon = true
	for _, group := range sieveGroups {
		rest := residue(n, group.product)
		for _, p := range group.primes {
			r := rest % p.prime
			if r == 0 && factor == 0 {
				factor = p.prime
			}
			if p.powers != nil && !p.powers[r] {
				infineon = false
			}
		}
	}
	return factor, infineon
}

// residue returns n modulo m, without allocating.
func residue(n *big.Int, m uint64) uint64 {
	words := n.Bits()
	var rest uint64
	for i := len(words) - 1; i >= 0; i-- {
		word := uint64(words[i])
		if bits.UintSize == 32 {
			rest = bits.Rem64(rest>>32, rest<<32|word, m)
		} else {
			rest = bits.Rem64(rest, word, m)
		}
	}
	return rest
}
